import * as vscode from 'vscode';
import { tell } from '../commands/register';
import { columnBeside } from './columnBeside';

/** A panel that is open. */
export interface OpenPanel<Subject, Target> {
  /** Whether this is what it shows. */
  isAbout(subject: Subject): boolean;
  /** Shows what was asked for. It is about to come to the front, and may be hidden as yet. */
  go(subject: Subject, target: Target): void;
}

/** What makes a set of panels. */
export interface PanelSetKind<Subject, Target> {
  readonly viewType: string;
  /** Of a panel that does not know its own title yet. */
  readonly title: string;
  readonly icon?: vscode.WebviewPanel['iconPath'];
  /** Where a new one opens. Beside the code, if there is any, when left out. */
  readonly column?: vscode.ViewColumn | ((subject: Subject) => vscode.ViewColumn);
  /** What the page has remembered; null when it was closed down before it could say what it is about. */
  readonly remembered: (state: unknown) => Subject | null;
  /**
   * Fills a panel: loads its code, and waits for nothing else. The target is null for one that comes back: its page
   * knows what it showed.
   */
  readonly open: (
    view: vscode.WebviewPanel,
    subject: Subject,
    target: Target | null,
  ) => Promise<OpenPanel<Subject, Target>>;
}

/** The open panels of one kind, one for each thing that they are about; they come back after a reload. */
export class PanelSet<Subject, Target> implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly panels = new Map<OpenPanel<Subject, Target>, vscode.WebviewPanel>();
  private readonly serializer: vscode.Disposable;
  /** One after the other: two questions for the same panel must not open two. */
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly kind: PanelSetKind<Subject, Target>) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(kind.viewType, this);
  }

  /** Shows something in the panel that is about it, or in a new one. The user is told if that fails. */
  show(subject: Subject, target: Target, preserveFocus = false): void {
    this.last = this.last
      .then(() => this.bringUp(subject, target, preserveFocus))
      // Not waited for: the next panel opens, however long the message stays.
      .catch((error: unknown) => void tell(error));
  }

  async deserializeWebviewPanel(view: vscode.WebviewPanel, state: unknown): Promise<void> {
    const subject = this.kind.remembered(state);
    if (subject === null) view.dispose();
    else await this.adopt(view, subject, null);
  }

  dispose(): void {
    this.serializer.dispose();
  }

  private async bringUp(subject: Subject, target: Target, preserveFocus: boolean): Promise<void> {
    const known = [...this.panels].find(([panel]) => panel.isAbout(subject));
    if (known) {
      const [panel, view] = known;
      panel.go(subject, target);
      view.reveal(undefined, preserveFocus);
      return;
    }
    const { viewType, title, column = columnBeside } = this.kind;
    const viewColumn = typeof column === 'function' ? column(subject) : column;
    const view = vscode.window.createWebviewPanel(viewType, title, { viewColumn, preserveFocus });
    await this.adopt(view, subject, target);
  }

  private async adopt(view: vscode.WebviewPanel, subject: Subject, target: Target | null): Promise<void> {
    if (this.kind.icon) view.iconPath = this.kind.icon;
    const panel = await this.kind.open(view, subject, target);
    this.panels.set(panel, view);
    view.onDidDispose(() => this.panels.delete(panel));
  }
}

/** The picture in the tab of a panel. */
export function panelIcon(extensionUri: vscode.Uri): { readonly light: vscode.Uri; readonly dark: vscode.Uri } {
  const picture = (name: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media', name);
  return { light: picture('panel-light.svg'), dark: picture('panel-dark.svg') };
}

/** The folder that a panel's page has remembered; null when there is none. */
export function rememberedFolder(state: unknown): string | null {
  const folder = (state as { folder?: unknown } | null | undefined)?.folder;
  return typeof folder === 'string' && folder !== '' ? folder : null;
}

/** The folders that a panel's page has remembered; null when there is none. */
export function rememberedFolders(state: unknown): readonly string[] | null {
  const folders = (state as { folders?: unknown } | null | undefined)?.folders;
  const known = Array.isArray(folders) ? folders.filter((folder): folder is string => typeof folder === 'string') : [];
  return known.length === 0 ? null : known;
}

/** Whether two lists hold the same folders, in whatever order. Neither holds one twice. */
export function sameFolders(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((folder) => others.includes(folder));
}
