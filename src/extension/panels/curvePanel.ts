import { basename } from 'node:path';
import * as vscode from 'vscode';
import { MessageHandler } from '../../webview/protocol/messageHandler';
import type { CurveRun, CurveSnapshot, CurveToHost, CurveToPanel } from '../../webview/protocol/curve';
import type { HeatmapTarget } from '../../webview/protocol/heatmap';
import { openExperiment } from '../experimentFile/documents';
import type { Inspector } from '../inspector/inspector';
import type { RunStore } from '../runs/runStore';
import { t } from '../text';
import { nameOf } from '../tree/sorting';
import { curvePixels } from './curvePixels';
import { checkpointEpochs } from './heatmapRuns';
import { panelHtml, panelOptions } from './html';
import { saveFile } from './saveFile';
import { typedLoss } from './typedLoss';

export const curveViewType = 'losscape.curve';

/** What a closed panel leaves behind for its return after a reload. */
interface Remembered {
  readonly uri: string;
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

/** One panel beside the code that shows the curve of one loss of one experiment file, and follows what is typed. */
export class CurvePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private panel: CurvePanel | undefined;
  private readonly serializer: vscode.Disposable;

  constructor(private readonly parts: CurveParts) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(curveViewType, this);
  }

  /** Shows an entry of `losses`, in the panel that is there or in a new one beside the code. */
  open(document: vscode.TextDocument, index: number): void {
    if (this.panel) {
      this.panel.show(document.uri, index);
      return;
    }
    const view = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const webview = vscode.window.createWebviewPanel(curveViewType, t('Loss curve'), view);
    this.adopt(webview, { uri: document.uri.toString(), index });
  }

  deserializeWebviewPanel(webview: vscode.WebviewPanel, state: unknown): Thenable<void> {
    const { uri, index } = (state ?? {}) as Partial<Remembered>;
    if (typeof uri === 'string' && uri !== '' && typeof index === 'number') this.adopt(webview, { uri, index });
    else webview.dispose();
    return Promise.resolve();
  }

  private adopt(webview: vscode.WebviewPanel, { uri, index }: Remembered): void {
    const panel = new CurvePanel(webview, this.parts, vscode.Uri.parse(uri), index);
    this.panel = panel;
    webview.onDidDispose(() => {
      if (this.panel === panel) this.panel = undefined;
    });
  }

  dispose(): void {
    this.serializer.dispose();
  }
}

class CurvePanel {
  private readonly messages: MessageHandler<CurveToPanel, CurveToHost>;
  private readonly subscriptions: vscode.Disposable[];
  private last: CurveSnapshot | null = null;

  constructor(
    private readonly view: vscode.WebviewPanel,
    private readonly parts: CurveParts,
    private uri: vscode.Uri,
    private index: number,
  ) {
    this.messages = new MessageHandler<CurveToPanel, CurveToHost>(
      (envelope) => void view.webview.postMessage(envelope),
      {
        ready: () => this.snapshot(),
        choose: ({ index: chosen }) => this.show(this.uri, chosen),
        loss: ({ text }) => typedLoss(text),
        chooseRun: async () => {
          const folder = await parts.chooseRun();
          return folder === undefined ? null : this.run(folder);
        },
        run: ({ folder }) => this.run(folder),
        pixels: async ({ folder, epoch, name, split }) => {
          const run = { folder, version: this.version(folder) };
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
      (error) => void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error)),
    );
    this.subscriptions = [
      view.webview.onDidReceiveMessage((data) => this.messages.receive(data)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === this.uri.toString()) void this.update();
      }),
      view.onDidDispose(() => this.dispose()),
    ];
    view.webview.options = panelOptions(parts.extensionUri);
    view.webview.html = panelHtml(view.webview, parts.extensionUri, 'curve', t('Loss curve'));
  }

  show(uri: vscode.Uri, index: number): void {
    this.uri = uri;
    this.index = index;
    this.view.reveal(undefined, true);
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

  private version(folder: string): string {
    const entry = this.parts.store.get(folder)?.entry;
    // As the panel of maps says it, so that both find the same answers in memory.
    return entry?.ok ? `${entry.document.started} ${entry.document.resumedFrom.join(' ')}` : '';
  }

  private async update(): Promise<void> {
    this.messages.send('show', await this.snapshot());
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

  private dispose(): void {
    this.messages.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}
