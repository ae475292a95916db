import * as vscode from 'vscode';
import { MessageHandler } from '../../webview/protocol/messageHandler';
import type { HeatmapRun, HeatmapTarget, HeatmapToHost, HeatmapToPanel } from '../../webview/protocol/heatmap';
import type { InspectorState } from '../inspector/inspectorClient';
import type { InspectedRun, Inspector } from '../inspector/inspector';
import type { RunStore } from '../runs/runStore';
import { chooseImageFile } from './chooseImageFile';
import { heatmapRuns } from './heatmapRuns';
import { panelHtml, panelOptions } from './html';
import { Pump } from './pump';
import { saveFile } from './saveFile';
import { typedLoss } from './typedLoss';

export const heatmapViewType = 'losscape.heatmap';

/** Lets the user choose run folders that are not among these; empty when they thought better of it. */
export type ChooseRuns = (but: readonly string[]) => Promise<readonly string[]>;

/** The panels that look into runs, one for each set of runs; they come back after a reload. */
export class HeatmapPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly open = new Set<HeatmapPanel>();
  private readonly serializer: vscode.Disposable;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly store: RunStore,
    private readonly inspector: Inspector,
    private readonly chooseRuns: ChooseRuns,
  ) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(heatmapViewType, this);
  }

  /** Shows runs at an epoch and an image, in the panel that has these runs or in a new one. */
  show(chosen: readonly string[], target: HeatmapTarget = {}): void {
    const folders = [...new Set(chosen)];
    if (folders.length === 0) return;
    const known = [...this.open].find((panel) => panel.isOf(folders));
    if (known) {
      known.go(target);
      return;
    }
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const view = vscode.window.createWebviewPanel(heatmapViewType, vscode.l10n.t('Losscape'), column);
    this.adopt(view, folders, target);
  }

  deserializeWebviewPanel(view: vscode.WebviewPanel, state: unknown): Thenable<void> {
    const folders = (state as { folders?: unknown } | null | undefined)?.folders;
    const known = Array.isArray(folders)
      ? folders.filter((folder): folder is string => typeof folder === 'string')
      : [];
    // A panel that was closed down before its page could say what it is about.
    if (known.length === 0) view.dispose();
    else this.adopt(view, known, null);
    return Promise.resolve();
  }

  dispose(): void {
    this.serializer.dispose();
  }

  private adopt(view: vscode.WebviewPanel, folders: readonly string[], target: HeatmapTarget | null): void {
    const { context, store, inspector, chooseRuns } = this;
    const panel = new HeatmapPanel(view, { context, store, inspector, chooseRuns }, folders, target);
    this.open.add(panel);
    view.onDidDispose(() => this.open.delete(panel));
  }
}

interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly store: RunStore;
  readonly inspector: Inspector;
  readonly chooseRuns: ChooseRuns;
}

/** One panel. Its page is thrown away while it is hidden, and asks for everything again when it is shown. */
class HeatmapPanel {
  private readonly host: MessageHandler<HeatmapToPanel, HeatmapToHost>;
  private readonly pump: Pump<string>;
  private readonly disposables: vscode.Disposable[] = [];
  /** What the page waits for, by its tickets. */
  private readonly waiting = new Map<number, AbortController>();
  private runs: readonly HeatmapRun[] = [];
  private sent = '';
  private disposed = false;

  constructor(
    private readonly view: vscode.WebviewPanel,
    private readonly parts: Parts,
    private folders: readonly string[],
    private target: HeatmapTarget | null,
  ) {
    const { webview } = view;
    const { context, store, inspector } = parts;
    this.pump = new Pump(() => this.sendRuns());
    this.host = new MessageHandler<HeatmapToPanel, HeatmapToHost>(
      (envelope) => void (this.disposed ? undefined : webview.postMessage(envelope)),
      {
        ready: () => this.snapshot(),
        image: async ({ folder, image, ticket }) => {
          const { result, arrays } = await this.waitFor(ticket, (signal) =>
            inspector.image(this.inspected(folder), image, signal),
          );
          return { ...result, photo: arrays.photo.values, labels: arrays.labels?.values ?? null };
        },
        margin: async ({ folder, epoch, image, ticket }) => {
          const { result, arrays } = await this.waitFor(ticket, (signal) =>
            inspector.margin(this.inspected(folder), epoch, image, signal),
          );
          return { ...result, margin: arrays.margin.values };
        },
        cancel: ({ tickets }) => {
          for (const ticket of tickets) this.waiting.get(ticket)?.abort();
        },
        loss: ({ text }) => typedLoss(text),
        addRuns: () => this.addRuns(),
        chooseImage: () => chooseImageFile(),
        save: saveFile,
        saveSequence: ({ name, frames, milliseconds }) => this.saveSequence(name, frames, milliseconds),
      },
      (error) => void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error)),
    );
    this.disposables.push(
      webview.onDidReceiveMessage((message: unknown) => this.host.receive(message)),
      store.onDidChange(({ added, changed, removed }) =>
        this.pump.add([...added, ...changed, ...removed].filter((folder) => this.folders.includes(folder))),
      ),
      inspector.onDidChangeState((state) => this.host.send('inspector', { word: wordOf(state) })),
      vscode.workspace.onDidGrantWorkspaceTrust(() => (webview.html = this.html())),
      view.onDidDispose(() => this.dispose()),
    );
    view.iconPath = {
      light: vscode.Uri.joinPath(context.extensionUri, 'media', 'panel-light.svg'),
      dark: vscode.Uri.joinPath(context.extensionUri, 'media', 'panel-dark.svg'),
    };
    webview.options = panelOptions(context.extensionUri);
    view.title = this.title();
    webview.html = this.html();
  }

  isOf(folders: readonly string[]): boolean {
    return folders.length === this.folders.length && folders.every((folder) => this.folders.includes(folder));
  }

  /** Brings the panel to the front and shows something else in it. */
  go(target: HeatmapTarget): void {
    // A page that is hidden hears nothing: it takes the target with its snapshot.
    if (this.view.visible) this.host.send('go', target);
    else this.target = target;
    this.view.reveal();
  }

  private html(): string {
    return panelHtml(this.view.webview, this.parts.context.extensionUri, 'heatmap', this.title());
  }

  private title(): string {
    const [first] = this.folders;
    const record = this.folders.length === 1 && first !== undefined ? this.parts.store.get(first) : undefined;
    if (record?.entry.ok) return vscode.l10n.t('Heatmap: {0}', record.marks.title ?? record.entry.document.loss.label);
    return this.folders.length === 1
      ? vscode.l10n.t('Heatmap')
      : vscode.l10n.t('Heatmap: {0} runs', this.folders.length);
  }

  private async snapshot() {
    await this.parts.store.loaded;
    this.runs = await heatmapRuns(this.parts.store, this.folders);
    if (this.runs.length === 0) {
      throw new Error(vscode.l10n.t('These runs are gone, or cannot be read: {0}', this.folders.join(', ')));
    }
    this.sent = JSON.stringify(this.runs);
    this.view.title = this.title();
    const { target } = this;
    this.target = null;
    return { runs: this.runs, target, trusted: vscode.workspace.isTrusted };
  }

  private async sendRuns(): Promise<void> {
    const runs = await heatmapRuns(this.parts.store, this.folders);
    const text = JSON.stringify(runs);
    // A run that trains says that it lives every few seconds; only what the page shows is news.
    if (text === this.sent || runs.length === 0 || !this.view.visible) return;
    this.sent = text;
    this.runs = runs;
    this.host.send('runs', { runs });
  }

  private inspected(folder: string): InspectedRun {
    return { folder, version: this.runs.find(({ info }) => info.folder === folder)?.version ?? '' };
  }

  private async waitFor<Value>(ticket: number, ask: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    const controller = new AbortController();
    this.waiting.set(ticket, controller);
    try {
      return await ask(controller.signal);
    } finally {
      this.waiting.delete(ticket);
    }
  }

  private async addRuns(): Promise<void> {
    const added = await this.parts.chooseRuns(this.folders);
    if (added.length === 0) return;
    this.folders = [...this.folders, ...added];
    this.view.title = this.title();
    await this.sendRuns();
  }

  private async saveSequence(name: string, frames: readonly Uint8Array[], milliseconds: number): Promise<boolean> {
    const encoded = frames.map((frame) => Buffer.from(frame).toString('base64'));
    const { arrays } = await this.parts.inspector.client.request('encodeWebp', { frames: encoded, milliseconds });
    return saveFile({ name, content: arrays.file.values });
  }

  private dispose(): void {
    this.disposed = true;
    this.pump.clear();
    this.host.dispose();
    for (const controller of this.waiting.values()) controller.abort();
    for (const disposable of this.disposables) disposable.dispose();
  }
}

/** What the user should know of the inspector. */
function wordOf(state: InspectorState): string | null {
  if (state.kind === 'starting') return vscode.l10n.t('Starting the engine to look inside …');
  if (state.kind !== 'crashed') return null;
  return vscode.l10n.t('The engine that looks inside had ended ({0}); it is started again.', state.reason);
}
