import { readFile, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LossSpec } from '../../engine/experiment/lossSchema';
import { readDescent, type DescentEntry } from '../../runs/descentDocument';
import { descentPaths, frameSteps, readFrame } from '../../runs/descentFrames';
import { readDescentRows, type DescentRow } from '../../runs/descentTable';
import { fileProblem } from '../../runs/files';
import { Problem } from '../../runs/problem';
import { runPaths } from '../../runs/layout';
import type {
  DescentInfo,
  DescentMap,
  DescentProgress,
  DescentRows,
  DescentSnapshot,
} from '../../webview/protocol/descent';
import { type Frame, frameTail, type FrameTail } from '../../webview/protocol/frame';
import { t } from '../text';

const columns = ['step', 'loss', 'accuracy', 'iou', 'confidenceBackground', 'confidenceForeground'] as const;

type ReadableDescent = Extract<DescentEntry, { ok: true }>;

/** Follows the folder of a descent: all of it once, then what is new. */
export class DescentFeed {
  private rows: DescentRows = [];
  private seen = '';

  constructor(readonly folder: string) {}

  /** Everything, as it is now. Throws an Error in words when the folder is no descent that can be read. */
  async snapshot(): Promise<Omit<DescentSnapshot, 'trusted'>> {
    this.seen = await this.version();
    const { image, mask } = descentPaths(this.folder);
    const [progress, rows, photograph, target] = await Promise.all([
      this.progress(),
      this.readRows(),
      readBytes(image),
      readBytes(mask),
    ]);
    this.rows = rows;
    return { ...progress, rows, image: photograph, mask: target };
  }

  /** What has changed since the last time, or null. A process that has died leaves no trace: its silence is a change too. */
  async news(): Promise<(DescentProgress & { tails: (FrameTail | null)[] }) | null> {
    const seen = await this.version();
    if (seen === this.seen) return null;
    const [progress, rows] = await Promise.all([this.progress(), this.readRows()]);
    this.seen = seen;
    const tails = rows.map((frame, index) => frameTail(this.rows[index] ?? { rows: 0, columns: {} }, frame));
    this.rows = rows;
    return { ...progress, tails };
  }

  /** The map after some steps under a loss, by its number. Throws an Error in words for a map that is missing or damaged. */
  async map(loss: number, step: number): Promise<DescentMap> {
    const { document } = await this.entry();
    const { folder } = document.losses[loss]!;
    try {
      return await readFrame(this.folder, folder, step);
    } catch (error) {
      // Only a message reaches the page: it has to name the file, too.
      throw error instanceof Problem ? new Error(error.describe(), { cause: error }) : error;
    }
  }

  /** The document, or an Error in words. */
  async entry(): Promise<ReadableDescent> {
    const entry = await readDescent(this.folder);
    if (!entry.ok) throw new Error(t('This descent cannot be shown: {0} ({1}).', entry.reason, this.folder));
    return entry;
  }

  private async progress(): Promise<DescentProgress> {
    const entry = await this.entry();
    const maps = entry.document.losses.map(({ folder }) => frameSteps(this.folder, folder));
    return { info: descentInfo(entry), maps: await Promise.all(maps) };
  }

  private async readRows(): Promise<Frame[]> {
    const [{ document }, rows] = await Promise.all([this.entry(), readDescentRows(this.folder)]);
    return document.losses.map(({ name }) => frameOf(rows.filter(({ descended }) => descended === name)));
  }

  /** What is another text when something has changed. */
  private async version(): Promise<string> {
    const files = [runPaths(this.folder).document, descentPaths(this.folder).table];
    const times = await Promise.all(
      files.map((file) =>
        stat(file).then(
          ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
          () => 'none',
        ),
      ),
    );
    const entry = await readDescent(this.folder);
    return [...times, entry.ok ? entry.status : entry.reason].join(' ');
  }
}

function frameOf(rows: readonly DescentRow[]): Frame {
  return {
    rows: rows.length,
    columns: Object.fromEntries(columns.map((name) => [name, Float64Array.from(rows, (row) => row[name])])),
  };
}

/** What the panel says about a descent. */
export function descentInfo({ folder, document, status }: ReadableDescent): DescentInfo {
  const { checkpoint, image, error, losses, optimizer, steps, every, stepsDone, stepsTotal } = document;
  return {
    folder,
    status,
    problem: error ? [error.message, error.hint].filter(Boolean).join('. ') : null,
    experiment: document.experimentName,
    trainedWith: checkpoint.loss,
    epoch: checkpoint.epoch,
    runKnown: runOf(folder, checkpoint) !== null,
    image: {
      name: image.name,
      split: image.split,
      height: image.region.height,
      width: image.region.width,
      synthetic: image.synthetic,
    },
    losses: losses.map(({ name, label, spec }) => ({ name, label, spec: spec as LossSpec })),
    learningRate: optimizer.learningRate,
    steps,
    every,
    stepsDone,
    stepsTotal,
  };
}

/** The run folder that a descent began with: beside it, or where it lay then; null when it is gone. */
export function runOf(descent: string, { run, folder }: { run: string; folder: string }): string | null {
  return [join(dirname(descent), run), folder].find((one) => existsSync(runPaths(one).document)) ?? null;
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    // A Buffer would arrive as JSON.
    return new Uint8Array(await readFile(file));
  } catch (error) {
    throw fileProblem(error, file);
  }
}
