import * as vscode from 'vscode';
import type { RunStore } from '../runs/runStore';
import type { MoreNode } from '../tree/items';
import type { RunsTree } from '../tree/runsTree';
import { sortings } from '../tree/sorting';
import { groupings } from '../tree/treeModel';
import { groupingLabel, sortingLabel, type ViewSettings } from '../tree/viewSettings';
import { registerCommands } from './register';

/** Commands on the view itself: what it shows, in which order, in which groups. */
export function registerViewCommands(
  context: vscode.ExtensionContext,
  store: RunStore,
  tree: RunsTree,
  settings: ViewSettings,
): void {
  const t = vscode.l10n.t;
  registerCommands(context, {
    'losscape.refresh': async () => {
      await store.refresh();
      await tree.children.refresh();
    },
    'losscape.showMore': (node: MoreNode) => tree.showMore(node),
    'losscape.filter': () => askFilter(settings, tree),
    'losscape.clearFilter': () => settings.set({ filter: '' }),
    'losscape.showHidden': () => settings.set({ showHidden: true }),
    'losscape.hideHidden': () => settings.set({ showHidden: false }),
    'losscape.groupBy': async () => {
      const picks = groupings.map((grouping) => ({
        label: groupingLabel(grouping),
        description: grouping === settings.state.grouping ? t('current') : '',
        grouping,
      }));
      const pick = await vscode.window.showQuickPick(picks, { title: t('Group the runs') });
      if (pick) settings.set({ grouping: pick.grouping });
    },
    'losscape.sortBy': async () => {
      const picks = sortings.map((sorting) => ({
        label: sortingLabel(sorting),
        description: sorting === settings.state.sorting ? t('current') : '',
        sorting,
      }));
      const pick = await vscode.window.showQuickPick(picks, { title: t('Sort the runs') });
      if (pick) settings.set({ sorting: pick.sorting });
    },
  });
}

/** The view follows while the user types; Escape brings the old filter back. */
async function askFilter(settings: ViewSettings, tree: RunsTree): Promise<void> {
  const before = settings.state.filter;
  const input = vscode.window.createInputBox();
  input.title = vscode.l10n.t('Filter the runs');
  input.value = before;
  input.placeholder = vscode.l10n.t('focal status:finished tag:paper is:starred -dice');
  input.prompt = vscode.l10n.t(
    'Words, status:, tag:, loss:, experiment:, note:, is:starred, is:live; - in front excludes',
  );
  let timer: NodeJS.Timeout | undefined;
  const accepted = await new Promise<boolean>((done) => {
    input.onDidChangeValue((value) => {
      clearTimeout(timer);
      timer = setTimeout(() => settings.set({ filter: value.trim() }), 150);
    });
    input.onDidAccept(() => done(true));
    input.onDidHide(() => done(false));
    input.show();
  });
  clearTimeout(timer);
  settings.set({ filter: accepted ? input.value.trim() : before });
  input.dispose();
  if (accepted && !tree.view.visible) await vscode.commands.executeCommand('losscape.runs.focus');
}
