import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { CurveRun, CurveSnapshot, CurveToHost, CurveToPanel } from '../../webview/protocol/curve';
import type { HeatmapTarget } from '../../webview/protocol/heatmap';
import { openExperiment } from '../experimentFile/documents';
import { inspectedRun } from '../inspector/inspectedRun';
import type { Inspector } from '../inspector/inspector';
import type { RunStore } from '../runs/runStore';
import { t } from '../text';
import { nameOf } from '../tree/sorting';
import { curvePixels } from './curvePixels';
import { checkpointEpochs } from './heatmapRuns';
import { PanelPage } from './panelPage';
import type { OpenPanel } from './panelSet';
import { saveFile } from './saveFile';
import { typedLoss } from './typedLoss';

/** An entry of `losses` of an experiment file. */
export interface CurveSubject {
  readonly uri: vscode.Uri;
  readonly index: number;
}

/** What the panel works with. */
export interface CurveParts {
  readonly extensionUri: vscode.Uri;
  readonly store: RunStore;
  readonly inspector: Inspector;
  /** Lets the user choose a run folder; undefined when they thought better of it. */
  readonly chooseRun: () => Promise<string | undefined>;
  readonly openHeatmap: (folder: string, target: HeatmapTarget) => void;
}

/** The one panel beside the code that shows the curve of one loss of one experiment file, and follows what is typed. */
export class CurvePanel implements OpenPanel<CurveSubject, null> {
  private readonly page: PanelPage<CurveToPanel, CurveToHost>;
  private uri: vscode.Uri;
  private index: number;
  private last: CurveSnapshot | null = null;

  constructor(
    private readonly view: vscode.WebviewPanel,
    private readonly parts: CurveParts,
    { uri, index }: CurveSubject,
  ) {
    this.uri = uri;
    this.index = index;
    this.page = new PanelPage<CurveToPanel, CurveToHost>(view, parts.extensionUri, {
      name: 'curve',
      title: t('Loss curve'),
      handlers: {
        ready: () => this.snapshot(),
        choose: ({ index: chosen }) => {
          this.go({ uri: this.uri, index: chosen });
          view.reveal(undefined, true);
        },
        loss: ({ text }) => typedLoss(text),
        chooseRun: async () => {
          const folder = await parts.chooseRun();
          return folder === undefined ? null : this.run(folder);
        },
        run: ({ folder }) => this.run(folder),
        pixels: async ({ folder, epoch, name, split }) => {
          const run = inspectedRun(parts.store, folder);
          const [image, margin] = await Promise.all([
            parts.inspector.image(run, { name, split }),
            parts.inspector.margin(run, epoch, { name, split }),
          ]);
          return curvePixels(image, margin);
        },
        openHeatmap: ({ folder, epoch, image }) =>
          parts.openHeatmap(folder, image === null ? { epoch } : { epoch, image }),
        save: saveFile,
      },
    });
    this.page.endWith(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === this.uri.toString()) void this.update();
      }),
    );
  }

  /** It shows any loss: there is one panel. */
  isAbout(): boolean {
    return true;
  }

  go({ uri, index }: CurveSubject): void {
    this.uri = uri;
    this.index = index;
    void this.update();
  }

  private async run(folder: string): Promise<CurveRun | null> {
    await this.parts.store.loaded;
    const record = this.parts.store.get(folder);
    if (!record?.entry.ok) return null;
    const { dataset, experimentName } = record.entry.document;
    return {
      folder,
      name: `${experimentName}, ${nameOf(record)}`,
      epochs: await checkpointEpochs(folder),
      images: { train: dataset.train, test: dataset.test },
    };
  }

  private async update(): Promise<void> {
    this.page.send('show', await this.snapshot());
  }

  private async snapshot(): Promise<CurveSnapshot> {
    const at = { uri: this.uri.toString(), file: basename(this.uri.fsPath), index: this.index };
    const document = openExperiment(this.uri) ?? (await vscode.workspace.openTextDocument(this.uri));
    const { curveSnapshot } = await import('../experimentFile/curveSnapshot');
    const snapshot = curveSnapshot(document.getText(), at, this.last);
    this.last = snapshot;
    this.view.title = snapshot.label === '' ? t('Loss curve') : t('Curve of {0}', snapshot.label);
    return snapshot;
  }
}
