import * as vscode from 'vscode';
import { type Handlers, MessageHandler, type MessagesOf } from '../../webview/protocol/messageHandler';
import type { RunStore } from '../runs/runStore';
import { panelHtml, panelOptions } from './html';
import { Pump } from './pump';

/** What makes one kind of panel. */
export interface PanelKind<ToPanel extends MessagesOf<ToPanel>, ToHost extends MessagesOf<ToHost>> {
  /** Name of its bundle. */
  readonly name: string;
  readonly title: string;
  readonly folders: readonly string[];
  /** What its page can ask for. */
  readonly handlers: (line: PanelLine) => Handlers<ToHost>;
  /** Sends what has changed about some runs. */
  readonly update: (host: MessageHandler<ToPanel, ToHost>, folders: string[]) => Promise<void>;
}

/** What a panel's handlers can ask of the panel that they belong to. */
export interface PanelLine {
  readonly webview: vscode.Webview;
  /** Makes a snapshot and lets updates follow it; nothing is sent in between. */
  readonly snapshot: <Result>(make: () => Promise<Result>) => Promise<Result>;
}

/**
 * A webview panel about some runs. Its page is thrown away while it is hidden, and asks for a snapshot when it is shown
 * again; so nothing is sent to a hidden panel, and nothing is missed.
 */
export class RunsPanel<ToPanel extends MessagesOf<ToPanel>, ToHost extends MessagesOf<ToHost>> {
  private readonly host: MessageHandler<ToPanel, ToHost>;
  private readonly pump: Pump<string>;
  private readonly disposables: vscode.Disposable[] = [];
  /** Whether the page has had its snapshot. */
  private live = false;
  private disposed = false;

  constructor(
    readonly panel: vscode.WebviewPanel,
    context: vscode.ExtensionContext,
    store: RunStore,
    kind: PanelKind<ToPanel, ToHost>,
    onDispose: () => void,
  ) {
    const { webview } = panel;
    this.pump = new Pump(async (folders) => {
      if (this.live) await kind.update(this.host, folders);
    });
    const line: PanelLine = {
      webview,
      snapshot: async (make) => {
        this.live = false;
        this.pump.clear();
        await store.loaded;
        const made = await make();
        this.live = true;
        return made;
      },
    };
    this.host = new MessageHandler<ToPanel, ToHost>(
      // A page that is gone takes no messages; it will ask for a snapshot when it is back.
      (envelope) => void (this.disposed ? undefined : webview.postMessage(envelope)),
      kind.handlers(line),
      (error) => void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error)),
    );
    const mine = new Set(kind.folders);
    this.disposables.push(
      webview.onDidReceiveMessage((message: unknown) => this.host.receive(message)),
      store.onDidChange(({ added, changed, removed }) =>
        this.pump.add([...added, ...changed, ...removed].filter((folder) => mine.has(folder))),
      ),
      store.onDidChangeWatching(() => this.pump.add(mine)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.live = false;
      }),
      panel.onDidDispose(() => {
        this.disposed = true;
        this.live = false;
        this.pump.clear();
        this.host.dispose();
        for (const disposable of this.disposables) disposable.dispose();
        onDispose();
      }),
    );
    panel.title = kind.title;
    panel.iconPath = {
      light: vscode.Uri.joinPath(context.extensionUri, 'media', 'panel-light.svg'),
      dark: vscode.Uri.joinPath(context.extensionUri, 'media', 'panel-dark.svg'),
    };
    webview.options = panelOptions(context.extensionUri, kind.folders);
    webview.html = panelHtml(webview, context.extensionUri, kind.name, kind.title);
  }
}
