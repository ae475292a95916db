import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { DescentEntry } from '../../runs/descentDocument';
import { chooseRuns, type RunArgument } from '../commands/chooseRuns';
import { registerCommands } from '../commands/register';
import type { Panels } from '../panels';
import type { DescentPanelParts } from '../panels/descentPanel';
import { panelIcon, PanelSet, rememberedFolder } from '../panels/panelSet';
import type { RunStore } from '../runs/runStore';
import type { Engine } from '../tasks/engine';
import { descentTaskType } from '../tasks/descentTask';
import type { RunsTree } from '../tree/runsTree';
import { Descender } from './descender';

/** "Descend on one image", "Open descent", and their panel. */
export function registerDescents(
  context: vscode.ExtensionContext,
  { store, engine, tree, panels }: { store: RunStore; engine: Engine; tree: RunsTree; panels: Panels },
): void {
  const t = vscode.l10n.t;
  const descender = new Descender(engine);
  const { extensionUri } = context;
  const resume = async (folder: string): Promise<void> => {
    await descender.start({ type: descentTaskType, resume: folder });
    // Nothing announces that a folder which is known is written to again.
    await store.descents.look(folder);
  };
  const shown = new PanelSet<string, null>({
    viewType: 'losscape.descent',
    title: t('Losscape'),
    icon: panelIcon(extensionUri),
    remembered: rememberedFolder,
    open: async (view, descent) => {
      const { DescentPanel } = await import('../panels/descentPanel');
      const openHeatmap: DescentPanelParts['openHeatmap'] = (folder, target) => panels.openHeatmap([folder], target);
      return new DescentPanel(view, { extensionUri, resume, openHeatmap }, descent);
    },
  });
  context.subscriptions.push(descender, shown);
  registerCommands(context, {
    'losscape.descend': async (...args: [RunArgument?, unknown?]) => {
      const title = t('Run whose network descends');
      const fits = ({ entry }: { entry: { ok: boolean } }) => entry.ok;
      const [record] = await chooseRuns(store, args, tree.selectedRuns(), { title, fits, many: false });
      if (!record) return;
      const { askDescent } = await import('./askDescent');
      const task = await askDescent(store, record);
      if (!task) return;
      const folder = await descender.start(task);
      if (folder !== undefined) shown.show(folder, null);
    },
    'losscape.resumeDescent': resume,
    'losscape.openDescent': async (from?: string | vscode.Uri) => {
      const named = from instanceof vscode.Uri ? from.fsPath : from;
      const folder = typeof named === 'string' && existsSync(named) ? named : await pickDescent(store);
      if (folder !== undefined) shown.show(folder, null);
    },
  });
}

/** Lets the user pick one of the descents in all runs folders, the newest first. */
async function pickDescent(store: RunStore): Promise<string | undefined> {
  const t = vscode.l10n.t;
  await store.loaded;
  const { listDescents } = await import('../../runs/descentDocument');
  const folders = [...new Set(store.all().map(({ runsFolder }) => runsFolder))];
  const entries = (await Promise.all(folders.map((folder) => listDescents(folder)))).flat();
  if (entries.length === 0) {
    throw new Error(t('There is no descent yet. “Descend on one image”, in the menu of a run, makes one.'));
  }
  const started = (entry: DescentEntry): string => (entry.ok ? entry.document.started : '');
  const picks = entries
    .sort((a, b) => started(b).localeCompare(started(a)))
    .map((entry) => ({
      label: entry.ok ? entry.document.image.name : entry.id,
      description: entry.ok
        ? t(
            '{0}, epoch {1}; {2} of {3} steps, {4}',
            entry.document.checkpoint.loss,
            entry.document.checkpoint.epoch,
            entry.document.stepsDone,
            entry.document.stepsTotal,
            entry.status,
          )
        : entry.reason,
      detail: entry.folder,
      entry,
    }));
  const pick = await vscode.window.showQuickPick(picks, {
    title: t('Descents on one image'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return pick?.entry.folder;
}
