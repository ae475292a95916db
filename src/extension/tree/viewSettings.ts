import * as vscode from 'vscode';
import { type Sorting, sortings } from './sorting';
import { defaultViewState, type Grouping, groupings, type ViewState } from './treeModel';

const storageKey = 'losscape.view';

/** How the user wants to see the runs; kept for the workspace. */
export class ViewSettings implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private current: ViewState;

  constructor(private readonly storage: vscode.Memento) {
    const stored = storage.get<Partial<Record<keyof ViewState, unknown>>>(storageKey, {});
    this.current = {
      grouping: groupings.find((grouping) => grouping === stored.grouping) ?? defaultViewState.grouping,
      sorting: sortings.find((sorting) => sorting === stored.sorting) ?? defaultViewState.sorting,
      filter: typeof stored.filter === 'string' ? stored.filter : '',
      showHidden: stored.showHidden === true,
    };
    this.setContext();
  }

  get state(): ViewState {
    return this.current;
  }

  /** Changes the view. The latest of several changes counts. */
  set(patch: Partial<ViewState>): void {
    this.current = { ...this.current, ...patch };
    void this.storage.update(storageKey, this.current);
    this.setContext();
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }

  private setContext(): void {
    const { filter, showHidden } = this.current;
    void vscode.commands.executeCommand('setContext', 'losscape.filtered', filter !== '');
    void vscode.commands.executeCommand('setContext', 'losscape.showHidden', showHidden);
  }
}

export function groupingLabel(grouping: Grouping): string {
  return {
    experiment: vscode.l10n.t('By experiment'),
    loss: vscode.l10n.t('By loss'),
    status: vscode.l10n.t('By status'),
    date: vscode.l10n.t('By date'),
    none: vscode.l10n.t('Not at all'),
  }[grouping];
}

export function sortingLabel(sorting: Sorting): string {
  return {
    newest: vscode.l10n.t('Newest first'),
    oldest: vscode.l10n.t('Oldest first'),
    testIou: vscode.l10n.t('Highest last test IoU first'),
    bestTestIou: vscode.l10n.t('Highest best test IoU first'),
    name: vscode.l10n.t('By name'),
    status: vscode.l10n.t('By status'),
    starred: vscode.l10n.t('Starred first'),
  }[sorting];
}
