import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { Problem } from '../../runs/problem';
import { MessageHandler } from '../../webview/protocol/messageHandler';
import type { SurfaceData, SurfaceSnapshot, SurfaceToHost, SurfaceToPanel } from '../../webview/protocol/surface';
import { Cancelled } from '../inspector/inspectorClient';
import type { Inspector } from '../inspector/inspector';
import type { RunStore } from '../runs/runStore';
import { readSurfaceData, surfacesOf } from '../surfaces/surfaceFiles';
import { SurfaceWatch } from '../surfaces/surfaceWatch';
import { chooseImageFile } from './chooseImageFile';
import { panelHtml, panelOptions } from './html';
import { saveFile } from './saveFile';

export const surfaceViewType = 'losscape.surface';

/** The panels of loss surfaces, one for each surface that was asked for; they come back after a reload. */
export class SurfacePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly open = new Set<SurfacePanel>();
  private readonly serializer: vscode.Disposable;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly store: RunStore,
    private readonly inspector: Inspector,
  ) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(surfaceViewType, this);
  }

  /**
   * Shows a surface in the panel that is at it, or in a new one.
   * @param runFolders runs whose surfaces can be chosen beside it.
   */
  show(folder: string, runFolders: readonly string[] = []): void {
    const known = [...this.open].find((panel) => panel.isAt(folder));
    if (known) {
      known.reveal(folder);
      return;
    }
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const view = vscode.window.createWebviewPanel(surfaceViewType, vscode.l10n.t('Loss surface'), column);
    this.adopt(view, folder, runFolders);
  }

  deserializeWebviewPanel(view: vscode.WebviewPanel, state: unknown): Thenable<void> {
    const { folder } = (state ?? {}) as { folder?: unknown };
    // A panel that was closed down before its page could say what it is about.
    if (typeof folder !== 'string' || folder === '') view.dispose();
    else this.adopt(view, folder, []);
    return Promise.resolve();
  }

  dispose(): void {
    this.serializer.dispose();
  }

  private adopt(view: vscode.WebviewPanel, folder: string, runFolders: readonly string[]): void {
    const { context, store, inspector } = this;
    const panel = new SurfacePanel(view, { context, store, inspector }, folder, runFolders);
    this.open.add(panel);
    view.onDidDispose(() => this.open.delete(panel));
  }
}

interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly store: RunStore;
  readonly inspector: Inspector;
}

/** One panel. Its page is thrown away while it is hidden, and asks for everything again when it is shown. */
class SurfacePanel {
  private readonly host: MessageHandler<SurfaceToPanel, SurfaceToHost>;
  private readonly disposables: vscode.Disposable[] = [];
  private watch: SurfaceWatch | undefined;
  private asked: AbortController | undefined;
  private disposed = false;

  constructor(
    private readonly view: vscode.WebviewPanel,
    private readonly parts: Parts,
    private folder: string,
    private readonly runFolders: readonly string[],
  ) {
    const { webview } = view;
    const { context, inspector } = parts;
    this.host = new MessageHandler<SurfaceToPanel, SurfaceToHost>(
      (envelope) => void (this.disposed ? undefined : webview.postMessage(envelope)),
      {
        ready: () => this.snapshot(),
        watch: ({ folder: wanted, keys }) => this.watched(wanted, keys),
        read: ({ folder: other, keys }) => readNamed(other, keys),
        image: async ({ folder: surface, image }) => {
          const run = { folder: runOf(surface), version: '' };
          const { result, arrays } = await inspector.image(run, image);
          return { ...result, photo: arrays.photo.values, labels: arrays.labels?.values ?? null };
        },
        margin: ({ folder: surface, ...point }) => this.margin({ surface, ...point }),
        resume: ({ folder: surface }) => void vscode.commands.executeCommand('losscape.resumeSurface', surface),
        chooseImage: () => chooseImageFile(),
        save: saveFile,
      },
      (error) => void vscode.window.showErrorMessage(messageOf(error)),
    );
    this.disposables.push(
      webview.onDidReceiveMessage((message: unknown) => this.host.receive(message)),
      inspector.onDidChangeState((state) => {
        const word =
          state.kind === 'starting'
            ? vscode.l10n.t('Starting the engine to look inside …')
            : state.kind === 'crashed'
              ? vscode.l10n.t('The engine that looks inside had ended ({0}); it is started again.', state.reason)
              : null;
        this.host.send('inspector', { word });
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => (webview.html = this.html())),
      // A page that is hidden is gone: nobody needs its points.
      view.onDidChangeViewState(() => view.visible || this.watch?.stop()),
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

  isAt(folder: string): boolean {
    return folder === this.folder;
  }

  reveal(folder: string): void {
    if (this.view.visible) this.host.send('go', { folder });
    this.folder = folder;
    this.view.reveal();
  }

  private html(): string {
    return panelHtml(this.view.webview, this.parts.context.extensionUri, 'surface', this.title());
  }

  private title(): string {
    const record = this.parts.store.get(runOf(this.folder));
    if (!record?.entry.ok) return vscode.l10n.t('Loss surface');
    return vscode.l10n.t('Loss surface: {0}', record.marks.title ?? record.entry.document.loss.label);
  }

  private async snapshot(): Promise<SurfaceSnapshot> {
    const { store } = this.parts;
    await store.loaded;
    this.view.title = this.title();
    const found = await surfacesOf([runOf(this.folder), ...this.runFolders]);
    const entry = store.get(runOf(this.folder))?.entry;
    const { train = [], test = [], synthetic = false } = entry?.ok ? entry.document.dataset : {};
    return { folder: this.folder, ...found, dataset: { train, test }, synthetic, trusted: vscode.workspace.isTrusted };
  }

  private async watched(folder: string, keys: readonly string[]) {
    this.watch?.stop();
    if (folder !== this.folder) {
      this.folder = folder;
      this.view.title = this.title();
    }
    const data = await readNamed(folder, keys);
    const watch = new SurfaceWatch(folder, async () => {
      try {
        const now = await readNamed(folder, keys);
        if (this.watch === watch) this.host.send('data', now);
      } catch (error) {
        // A file that is just being replaced, or a folder that was deleted: what is shown stays, with a word, until the next look.
        if (this.watch === watch) this.host.send('problem', { message: messageOf(error) });
        watch.again();
      }
    });
    this.watch = watch;
    return data;
  }

  private async margin(params: { surface: string; a: number; b: number; image: Parameters<Inspector['image']>[1] }) {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    try {
      const { result, arrays } = await this.parts.inspector.client.request('planeMargin', params, asked.signal);
      return { ...result, margin: arrays.margin.values };
    } catch (error) {
      if (error instanceof Cancelled) return null;
      throw error;
    }
  }

  private dispose(): void {
    this.disposed = true;
    this.watch?.stop();
    this.asked?.abort();
    this.host.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }
}

/** Reads a surface; what is wrong with it names the file, for a page sees nothing but the message. */
async function readNamed(folder: string, keys: readonly string[]): Promise<SurfaceData> {
  try {
    return await readSurfaceData(folder, keys);
  } catch (error) {
    const file = error instanceof Problem ? error.place?.file : undefined;
    throw file === undefined ? error : new Error(`${file}: ${messageOf(error)}`, { cause: error });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The run folder that a surface lies in: <run>/surfaces/<surface>. */
const runOf = (surface: string): string => dirname(dirname(surface));
