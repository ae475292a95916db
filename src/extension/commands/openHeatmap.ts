import { dirname, extname, parse } from 'node:path';
import * as vscode from 'vscode';
import type { HeatmapTarget, ImageReference } from '../../webview/protocol/heatmap';
import type { Panels } from '../panels';
import { imageEndings } from '../panels/chooseImageFile';
import type { RunRecord, RunStore } from '../runs/runStore';
import type { RunsTree } from '../tree/runsTree';
import { chooseRuns, type RunArgument } from './chooseRuns';

interface Parts {
  readonly store: RunStore;
  readonly tree: RunsTree;
  readonly panels: Panels;
}

/**
 * Opens the maps of runs: called with nodes of the tree or run folders (and what to look at), with an image file (then the runs are
 * those that are selected in the view, or the user picks), or with nothing.
 */
export async function openHeatmap(
  { store, tree, panels }: Parts,
  [item, items, target]: readonly [RunArgument?, unknown?, HeatmapTarget?],
): Promise<void> {
  const title = vscode.l10n.t('Runs to look into');
  const fits = ({ entry }: RunRecord) => entry.ok;
  const image = item instanceof vscode.Uri && isImage(item.fsPath) ? item.fsPath : null;
  const args: readonly [RunArgument?, unknown?] = image === null ? [item, items] : [];
  const records = await chooseRuns(store, args, tree.selectedRuns(), { title, fits });
  if (records.length === 0) return;
  panels.openHeatmap(
    records.map(({ folder }) => folder),
    image === null ? target : { image: referenceTo(image, records) },
  );
}

function isImage(file: string): boolean {
  return imageEndings.includes(extname(file).slice(1).toLowerCase());
}

/** A file of a run's data by its name, so that its mask is known; any other by its path. */
function referenceTo(file: string, records: readonly RunRecord[]): ImageReference {
  const { name } = parse(file);
  for (const { entry } of records) {
    if (!entry.ok) continue;
    const { dataset, experiment } = entry.document;
    const settings = (experiment as { dataset?: { images?: unknown; test?: unknown } } | null)?.dataset;
    const folders = [settings?.images, (settings?.test as { images?: unknown } | null | undefined)?.images];
    if (!folders.includes(dirname(file))) continue;
    if (dataset.test.includes(name)) return { name, split: 'test' };
    if (dataset.train.includes(name)) return { name, split: 'train' };
  }
  return { path: file };
}
