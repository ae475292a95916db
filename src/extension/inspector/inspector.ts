import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Answer, EpochReference, ImageReference, Params } from '../../engine/insight/protocol';
import { surfaceFileNames } from '../../runs/layout';
import { ByteCache } from '../../webview/protocol/byteCache';
import type { Engine } from '../tasks/engine';
import { InspectorClient, type InspectorState } from './inspectorClient';
import { SharedQuestions } from './sharedQuestions';

const mebibyte = 2 ** 20;

/** A run whose checkpoints are looked into. */
export interface InspectedRun {
  /** Absolute path of its folder. */
  readonly folder: string;
  /** What changes when epochs that were there are trained again, so that old answers are not taken for new ones. */
  readonly version: string;
}

/** The inspector of this window: one process for all panels, and its answers kept within a bound of memory. */
export class Inspector implements vscode.Disposable {
  private readonly states = new vscode.EventEmitter<InspectorState>();
  /** It was started, has crashed, or rests. */
  readonly onDidChangeState = this.states.event;
  private readonly images = new ByteCache<Answer<'image'>>(64 * mebibyte);
  private readonly margins = new ByteCache<Answer<'margin'>>(192 * mebibyte);
  /** Few are worth keeping: a point that is dragged does not come back. Panels that follow it ask for the same ones. */
  private readonly planeMargins = new SharedQuestions<Answer<'planeMargin'>>(
    32 * mebibyte,
    ({ arrays }) => arrays.margin.values.byteLength,
  );
  readonly client: InspectorClient;

  constructor(engine: Pick<Engine, 'start'>) {
    this.client = new InspectorClient({
      start: () => engine.start(['inspect', ...computeOptions()]),
      onState: (state) => this.states.fire(state),
    });
  }

  /** An image of a run's data, or any file, as the run's network sees it. */
  async image(run: InspectedRun, image: ImageReference, signal?: AbortSignal): Promise<Answer<'image'>> {
    const key = JSON.stringify([run.folder, run.version, image]);
    const known = this.images.get(key);
    if (known) return known;
    const answer = await this.client.request('image', { run: run.folder, image }, signal);
    const { photo, labels } = answer.arrays;
    this.images.set(key, answer, photo.values.byteLength + (labels?.values.byteLength ?? 0));
    return answer;
  }

  /** The margin of every pixel of an image after an epoch. */
  async margin(
    run: InspectedRun,
    epoch: EpochReference,
    image: ImageReference,
    signal?: AbortSignal,
  ): Promise<Answer<'margin'>> {
    const key = JSON.stringify([run.folder, run.version, epoch, image]);
    const known = this.margins.get(key);
    if (known) return known;
    const answer = await this.client.request('margin', { run: run.folder, epoch, image }, signal);
    // The nearest whole checkpoint in place of another one: that one may be there next time.
    if (answer.result.note === null && typeof epoch === 'number') {
      this.margins.set(key, answer, answer.arrays.margin.values.byteLength);
    }
    return answer;
  }

  /** The margin of every pixel of an image at a point of a surface's plane. Panels that ask for the same point share the answer. */
  async planeMargin(params: Params<'planeMargin'>, signal?: AbortSignal): Promise<Answer<'planeMargin'>> {
    // A surface that was sampled anew has another plane. What is wrong with it, the inspector says in words.
    const plane = await stat(join(params.surface, surfaceFileNames.plane)).catch(() => null);
    const key = JSON.stringify([params, plane?.mtimeMs, plane?.size]);
    return this.planeMargins.ask(key, signal, (given) => this.client.request('planeMargin', params, given));
  }

  dispose(): void {
    this.client.dispose();
    this.states.dispose();
  }
}

/** What computes, as the settings for training say; a change counts when the process is started the next time. */
function computeOptions(): string[] {
  const settings = vscode.workspace.getConfiguration('losscape');
  const accelerator = settings.get('accelerator', 'auto');
  const threads = settings.get('threads', 0);
  return [
    ...(accelerator === 'auto' ? [] : ['--accelerator', accelerator]),
    ...(threads > 0 ? ['--threads', String(threads)] : []),
  ];
}
