import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { runPaths } from '../../runs/layout';
import type { DescentToHost, DescentToPanel } from '../../webview/protocol/descent';
import type { HeatmapTarget } from '../../webview/protocol/heatmap';
import { MessageHandler } from '../../webview/protocol/messageHandler';
import { DescentFeed, runOf } from '../descents/descentFeed';
import { panelHtml, panelOptions } from './html';
import { saveFile } from './saveFile';

export const descentViewType = 'losscape.descent';

/** How often a descent that runs is looked at, and one that rests. */
const lookMilliseconds = { running: 1000, resting: 5000 } as const;

/** What the panels work with. */
export interface DescentPanelParts {
  readonly context: vscode.ExtensionContext;
  /** Goes on with a descent as a task. */
  readonly resume: (folder: string) => Promise<void>;
  readonly openHeatmap: (folder: string, target: HeatmapTarget) => void;
}

/** The panels that show descents, one for each; they come back after a reload. */
export class DescentPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly open = new Map<string, vscode.WebviewPanel>();
  private readonly serializer: vscode.Disposable;

  constructor(private readonly parts: DescentPanelParts) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(descentViewType, this);
  }

  show(folder: string): void {
    const known = this.open.get(folder);
    if (known) {
      known.reveal();
      return;
    }
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    this.adopt(vscode.window.createWebviewPanel(descentViewType, vscode.l10n.t('Losscape'), column), folder);
  }

  deserializeWebviewPanel(view: vscode.WebviewPanel, state: unknown): Thenable<void> {
    const folder = (state as { folder?: unknown } | null | undefined)?.folder;
    // A panel that was closed down before its page could say what it is about.
    if (typeof folder !== 'string' || folder === '') view.dispose();
    else this.adopt(view, folder);
    return Promise.resolve();
  }

  dispose(): void {
    this.serializer.dispose();
  }

  private adopt(view: vscode.WebviewPanel, folder: string): void {
    this.open.set(folder, view);
    new DescentPanel(view, this.parts, folder);
    view.onDidDispose(() => {
      if (this.open.get(folder) === view) this.open.delete(folder);
    });
  }
}

/** One panel. Its page is thrown away while it is hidden, and asks for everything again when it is shown. */
class DescentPanel {
  private readonly host: MessageHandler<DescentToPanel, DescentToHost>;
  private readonly feed: DescentFeed;
  private readonly disposables: vscode.Disposable[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private disposed = false;

  constructor(
    private readonly view: vscode.WebviewPanel,
    private readonly parts: DescentPanelParts,
    folder: string,
  ) {
    const { webview } = view;
    const { extensionUri } = parts.context;
    this.feed = new DescentFeed(folder);
    this.host = new MessageHandler<DescentToPanel, DescentToHost>(
      (envelope) => void (this.disposed ? undefined : webview.postMessage(envelope)),
      {
        ready: () => this.snapshot(),
        map: ({ loss, step }) => this.feed.map(loss, step),
        resume: async () => {
          await this.parts.resume(folder);
          this.lookIn(0);
        },
        stop: () => writeFile(runPaths(folder).stop, ''),
        openHeatmap: () => this.openHeatmap(),
        openLog: async () => {
          await vscode.window.showTextDocument(vscode.Uri.file(runPaths(folder).log), { preview: true });
        },
        save: saveFile,
      },
      (error) => void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error)),
    );
    this.disposables.push(
      webview.onDidReceiveMessage((message: unknown) => this.host.receive(message)),
      view.onDidChangeViewState(() => {
        if (!view.visible) clearTimeout(this.timer);
      }),
      view.onDidDispose(() => this.dispose()),
    );
    view.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'panel-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'panel-dark.svg'),
    };
    view.title = vscode.l10n.t('Descent: {0}', basename(folder));
    webview.options = panelOptions(extensionUri);
    webview.html = panelHtml(webview, extensionUri, 'descent', view.title);
  }

  private async snapshot() {
    const snapshot = await this.feed.snapshot();
    this.view.title = vscode.l10n.t('Descent: {0}', snapshot.info.image.name);
    this.lookIn(lookMilliseconds.running);
    return { ...snapshot, trusted: vscode.workspace.isTrusted };
  }

  private lookIn(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), milliseconds);
  }

  private async look(): Promise<void> {
    let running = false;
    try {
      const news = await this.feed.news();
      if (this.disposed || !this.view.visible) return;
      if (news) this.host.send('progress', news);
      running = ['running', 'queued'].includes((await this.feed.entry()).status);
    } catch (error) {
      // A folder that is being written to, moved or deleted: the page keeps what it has, and the next look may succeed.
      console.warn(error);
    }
    if (!this.disposed && this.view.visible) this.lookIn(lookMilliseconds[running ? 'running' : 'resting']);
  }

  private async openHeatmap(): Promise<void> {
    const { document } = await this.feed.entry();
    const run = runOf(this.feed.folder, document.checkpoint);
    if (run === null) throw new Error(vscode.l10n.t('The run that this descent began with is gone.'));
    const { name, split } = document.image;
    this.parts.openHeatmap(run, { epoch: document.checkpoint.epoch, image: { name, split } });
  }

  private dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.host.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }
}
