import * as vscode from 'vscode';
import { type Body, type Handlers, MessageHandler, type MessagesOf } from '../../webview/protocol/messageHandler';
import { panelHtml, panelOptions } from './html';

/** What makes the page of a panel. */
export interface PageKind<ToHost extends MessagesOf<ToHost>> {
  /** Name of its bundle. */
  readonly name: string;
  readonly title: string;
  /** What the page can ask for. */
  readonly handlers: Handlers<ToHost>;
  /** Folders that it may show pictures of. */
  readonly folders?: readonly string[];
}

/** The host's end of a panel: its page, the line to it, and whatever ends with it. */
export class PanelPage<ToPanel extends MessagesOf<ToPanel>, ToHost extends MessagesOf<ToHost>> {
  private readonly line: MessageHandler<ToPanel, ToHost>;
  private readonly disposables: vscode.Disposable[] = [];
  private gone = false;

  constructor(
    private readonly view: vscode.WebviewPanel,
    private readonly extensionUri: vscode.Uri,
    private readonly kind: PageKind<ToHost>,
  ) {
    const { webview } = view;
    this.line = new MessageHandler<ToPanel, ToHost>(
      // A page that is gone takes no messages; it will ask for everything when it is back.
      (envelope) => void (this.gone ? undefined : webview.postMessage(envelope)),
      kind.handlers,
      (error) => void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error)),
    );
    this.endWith(
      webview.onDidReceiveMessage((message: unknown) => this.line.receive(message)),
      view.onDidDispose(() => this.end()),
    );
    webview.options = panelOptions(extensionUri, kind.folders);
    view.title = kind.title;
    this.load();
  }

  /** Whether the panel has been closed. */
  get closed(): boolean {
    return this.gone;
  }

  send<Name extends keyof ToPanel & string>(message: Name, body: Body<ToPanel, Name>): void {
    this.line.send(message, body);
  }

  /** Loads the page, or loads it anew. */
  load(): void {
    const { webview, title } = this.view;
    webview.html = panelHtml(webview, this.extensionUri, this.kind.name, title);
  }

  /** Hands over what is to be disposed of when the panel is closed. */
  endWith(...disposables: vscode.Disposable[]): void {
    this.disposables.push(...disposables);
  }

  private end(): void {
    this.gone = true;
    this.line.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }
}
