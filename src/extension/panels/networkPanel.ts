import * as vscode from 'vscode';
import type { Answer, MethodName, Params } from '../../engine/insight/protocol';
import { MessageHandler } from '../../webview/protocol/messageHandler';
import type { NetworkRun, NetworkTarget, NetworkToHost, NetworkToPanel } from '../../webview/protocol/network';
import type { Inspector } from '../inspector/inspector';
import { InspectorFailure, type InspectorState } from '../inspector/inspectorClient';
import type { RunStore } from '../runs/runStore';
import { chooseImageFile } from './chooseImageFile';
import { panelHtml, panelOptions } from './html';
import { featuresOf, imageOf, networkRun, pictureOf, weightsOf } from './networkRun';
import { Pump } from './pump';
import { saveFile } from './saveFile';

export const networkViewType = 'losscape.network';

/** The panels that show a run's network layer by layer, one for each run; they come back after a reload. */
export class NetworkPanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly open = new Map<string, NetworkPanel>();
  private readonly serializer: vscode.Disposable;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly store: RunStore,
    private readonly inspector: Inspector,
  ) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(networkViewType, this);
  }

  /** Shows the network of a run, in the panel that it has or in a new one. */
  show(folder: string, target: NetworkTarget = {}): void {
    const known = this.open.get(folder);
    if (known) {
      known.go(target);
      return;
    }
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const view = vscode.window.createWebviewPanel(networkViewType, vscode.l10n.t('Losscape'), column);
    this.adopt(view, folder, target);
  }

  deserializeWebviewPanel(view: vscode.WebviewPanel, state: unknown): Thenable<void> {
    const folder = (state as { folder?: unknown } | null | undefined)?.folder;
    // A panel that was closed down before its page could say what it is about.
    if (typeof folder !== 'string' || folder === '') view.dispose();
    else this.adopt(view, folder, null);
    return Promise.resolve();
  }

  dispose(): void {
    this.serializer.dispose();
  }

  private adopt(view: vscode.WebviewPanel, folder: string, target: NetworkTarget | null): void {
    const { context, store, inspector } = this;
    const panel = new NetworkPanel(view, { context, store, inspector }, folder, target);
    this.open.set(folder, panel);
    view.onDidDispose(() => {
      if (this.open.get(folder) === panel) this.open.delete(folder);
    });
  }
}

interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly store: RunStore;
  readonly inspector: Inspector;
}

/** One panel. Its page is thrown away while it is hidden, and asks for everything again when it is shown. */
class NetworkPanel {
  private readonly host: MessageHandler<NetworkToPanel, NetworkToHost>;
  private readonly pump: Pump<string>;
  private readonly disposables: vscode.Disposable[] = [];
  /** What the page waits for, by its tickets. */
  private readonly waiting = new Map<number, AbortController>();
  private sent = '';
  private disposed = false;

  constructor(
    private readonly view: vscode.WebviewPanel,
    private readonly parts: Parts,
    private readonly folder: string,
    private target: NetworkTarget | null,
  ) {
    const { webview } = view;
    const { context, store, inspector } = parts;
    this.pump = new Pump(() => this.sendRun());
    this.host = new MessageHandler<NetworkToPanel, NetworkToHost>(
      (envelope) => void (this.disposed ? undefined : webview.postMessage(envelope)),
      {
        ready: () => this.snapshot(),
        layers: async ({ ticket }) => (await this.ask(ticket, 'layers', { run: folder })).result.layers,
        image: async ({ ticket, image }) => imageOf(await this.ask(ticket, 'image', { run: folder, image })),
        activations: async ({ ticket, ...what }) =>
          featuresOf(await this.ask(ticket, 'activations', { run: folder, ...what })),
        visualise: async ({ ticket, settings, ...what }) =>
          pictureOf(await this.ask(ticket, 'visualise', { run: folder, ...what, ...settings })),
        weights: async ({ ticket }) => weightsOf(await this.ask(ticket, 'weightStatistics', { run: folder })),
        cancel: ({ tickets }) => {
          for (const ticket of tickets) this.waiting.get(ticket)?.abort();
        },
        chooseImage: () => chooseImageFile(),
        save: saveFile,
      },
      (error) => void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error)),
    );
    this.disposables.push(
      webview.onDidReceiveMessage((message: unknown) => this.host.receive(message)),
      store.onDidChange(({ added, changed, removed }) =>
        this.pump.add([...added, ...changed, ...removed].filter((one) => one === folder)),
      ),
      inspector.onDidChangeState((state) => this.host.send('inspector', { word: wordOf(state) })),
      vscode.workspace.onDidGrantWorkspaceTrust(() => (webview.html = this.html())),
      // A page that is hidden is gone, and with it whoever waited.
      view.onDidChangeViewState(() => (view.visible ? undefined : this.giveUp())),
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

  /** Brings the panel to the front and shows something else in it. */
  go(target: NetworkTarget): void {
    // A page that is hidden hears nothing: it takes the target with its snapshot.
    if (this.view.visible) this.host.send('go', target);
    else this.target = target;
    this.view.reveal();
  }

  private html(): string {
    return panelHtml(this.view.webview, this.parts.context.extensionUri, 'network', this.title());
  }

  private title(): string {
    const record = this.parts.store.get(this.folder);
    if (!record?.entry.ok) return vscode.l10n.t('Network');
    return vscode.l10n.t('Network: {0}', record.marks.title ?? record.entry.document.loss.label);
  }

  private async snapshot() {
    await this.parts.store.loaded;
    const run = await this.run();
    if (run === null) throw new Error(vscode.l10n.t('This run is gone, or cannot be read: {0}', this.folder));
    this.sent = JSON.stringify(run);
    this.view.title = this.title();
    const { target } = this;
    this.target = null;
    return { run, target, trusted: vscode.workspace.isTrusted };
  }

  private run(): Promise<NetworkRun | null> {
    return networkRun(this.parts.store.get(this.folder));
  }

  private async sendRun(): Promise<void> {
    const run = await this.run();
    const text = JSON.stringify(run);
    // A run that trains says that it lives every few seconds; only what the page shows is news.
    if (run === null || text === this.sent || !this.view.visible) return;
    this.sent = text;
    this.host.send('run', { run });
  }

  private async ask<M extends MethodName>(ticket: number, method: M, params: Params<M>): Promise<Answer<M>> {
    const controller = new AbortController();
    this.waiting.set(ticket, controller);
    try {
      return await this.parts.inspector.client.request(method, params, controller.signal);
    } catch (error) {
      throw withFile(error);
    } finally {
      this.waiting.delete(ticket);
    }
  }

  private giveUp(): void {
    for (const controller of this.waiting.values()) controller.abort();
  }

  private dispose(): void {
    this.disposed = true;
    this.pump.clear();
    this.host.dispose();
    this.giveUp();
    for (const disposable of this.disposables) disposable.dispose();
  }
}

/** What the inspector says is wrong, with the file that it is about. */
function withFile(error: unknown): unknown {
  if (!(error instanceof InspectorFailure)) return error;
  const { file } = error.failure;
  return file === undefined || error.message.includes(file) ? error : new Error(`${error.message} (${file})`);
}

/** What the user should know of the inspector. */
function wordOf(state: InspectorState): string | null {
  if (state.kind === 'starting') return vscode.l10n.t('Starting the engine to look inside …');
  if (state.kind !== 'crashed') return null;
  return vscode.l10n.t('The engine that looks inside had ended ({0}); it is started again.', state.reason);
}
