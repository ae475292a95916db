import type * as vscode from 'vscode';
import type { Handlers, MessagesOf } from '../../webview/protocol/messageHandler';
import type { RunStore } from '../runs/runStore';
import { PanelPage } from './panelPage';
import { type OpenPanel, sameFolders } from './panelSet';
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
  readonly update: (page: Pick<PanelPage<ToPanel, ToHost>, 'send'>, folders: string[]) => Promise<void>;
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
export class RunsPanel<ToPanel extends MessagesOf<ToPanel>, ToHost extends MessagesOf<ToHost>> implements OpenPanel<
  readonly string[],
  null
> {
  private readonly page: PanelPage<ToPanel, ToHost>;
  private readonly pump: Pump<string>;
  /** Whether the page has had its snapshot. */
  private live = false;

  constructor(
    view: vscode.WebviewPanel,
    extensionUri: vscode.Uri,
    store: RunStore,
    private readonly kind: PanelKind<ToPanel, ToHost>,
  ) {
    const { name, title, folders } = kind;
    this.pump = new Pump(async (changed) => {
      if (this.live) await kind.update(this.page, changed);
    });
    const snapshot: PanelLine['snapshot'] = async (make) => {
      this.live = false;
      this.pump.clear();
      await store.loaded;
      const made = await make();
      this.live = true;
      return made;
    };
    const handlers = kind.handlers({ webview: view.webview, snapshot });
    this.page = new PanelPage(view, extensionUri, { name, title, folders, handlers });
    const mine = new Set(folders);
    this.page.endWith(
      this.pump,
      store.onDidChange(({ added, changed, removed }) =>
        this.pump.add([...added, ...changed, ...removed].filter((folder) => mine.has(folder))),
      ),
      store.onDidChangeWatching(() => this.pump.add(mine)),
      view.onDidChangeViewState(() => {
        if (!view.visible) this.live = false;
      }),
      { dispose: () => (this.live = false) },
    );
  }

  isAbout(folders: readonly string[]): boolean {
    return sameFolders(folders, this.kind.folders);
  }

  /** There is nothing in it to go to. */
  go(): void {}
}
