import * as vscode from 'vscode';
import type { RunRecord, RunStore } from '../runs/runStore';
import { runDescription } from '../tree/runText';
import { runsOf, type TreeNode } from '../tree/runsTree';
import { nameOf, orderOf } from '../tree/sorting';
import { Problem } from '../../runs/problem';

/** What a command on runs can be called with: a node (and all selected ones), a run folder, or several of them. */
export type RunArgument = TreeNode | string | vscode.Uri | readonly string[] | undefined;

export interface ChooseOptions {
  /** What the user chooses runs for, as a title. */
  readonly title: string;
  readonly many?: boolean;
  /** Which runs it works on. */
  readonly fits?: (record: RunRecord) => boolean;
}

/** Whether a run has weights to look at or to go on from. */
export const hasWeights = ({ entry }: RunRecord): boolean => entry.ok && entry.document.epochsDone > 0;

/**
 * The runs that a command is about: those it was called with, else those selected in the view, else those that the user
 * picks. An empty list when the user thought better of it.
 */
export async function chooseRuns(
  store: RunStore,
  [item, items]: readonly [RunArgument?, unknown?],
  selection: readonly string[],
  { title, many = true, fits = () => true }: ChooseOptions,
): Promise<RunRecord[]> {
  const named = folders(item, items);
  const known = (list: readonly string[]) => list.flatMap((folder) => store.get(folder) ?? []).filter(fits);
  if (named !== null) {
    const records = known(named);
    if (records.length === 0) throw new Problem(vscode.l10n.t('There is no run that this could be done with.'));
    return many ? records : records.slice(0, 1);
  }
  const selected = known(selection);
  if (selected.length > 0) return many ? selected : selected.slice(0, 1);
  await store.loaded;
  const all = store.all().filter(fits).sort(orderOf('newest'));
  if (all.length === 0) throw new Problem(vscode.l10n.t('There is no run that this could be done with.'));
  const picks = all.map((record) => ({
    label: nameOf(record),
    description: runDescription(record, undefined),
    detail: record.folder,
    record,
  }));
  const options = { title, matchOnDescription: true, matchOnDetail: true };
  if (!many) {
    const pick = await vscode.window.showQuickPick(picks, options);
    return pick ? [pick.record] : [];
  }
  const chosen = await vscode.window.showQuickPick(picks, { ...options, canPickMany: true });
  return (chosen ?? []).map(({ record }) => record);
}

/** Run folders that the arguments of a command name; null when they name none. */
function folders(item: RunArgument, items: unknown): string[] | null {
  if (Array.isArray(items) && items.length > 0 && items.every(isNode)) return runsOf(items);
  if (typeof item === 'string') return [item];
  if (Array.isArray(item)) return item.filter((folder) => typeof folder === 'string');
  if (item instanceof vscode.Uri) return [item.fsPath];
  return isNode(item) ? runsOf([item]) : null;
}

function isNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
