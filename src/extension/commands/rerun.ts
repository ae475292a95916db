import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { RunDocument } from '../../runs/document';
import type { RunRecord } from '../runs/runStore';
import type { TaskTrainer } from '../tasks/trainer';
import { experimentNameOf } from '../tree/treeModel';
import { experimentFileText, experimentFolder } from './configuration';

/**
 * Trains once more under a run's loss. When the experiment file still says what the run was trained with, from that file;
 * when it says something else by now, the user chooses between the file and the run's own settings.
 */
export async function rerun(record: RunRecord, trainer: TaskTrainer): Promise<void> {
  if (!record.entry.ok) return;
  const { document } = record.entry;
  const { experimentFile: file, loss } = document;
  const differences = file === null ? null : await differencesTo(document, file);
  if (file !== null && differences?.length === 0) return trainer.train(file, [loss.name]);
  const t = vscode.l10n.t;
  const own = { label: t('With the run’s own settings'), detail: t('Written into an experiment file of its own') };
  const current = {
    label: t('With the experiment file as it is now'),
    detail: differences === null ? '' : t('It differs in {0}', differences.slice(0, 6).join(', ')),
  };
  const picks = differences === null ? [own] : [own, current];
  const title =
    differences === null ? t('The experiment file is gone, or has no such loss any more') : t('Repeat the run');
  const pick = await vscode.window.showQuickPick(picks, { title });
  if (pick === current) await trainer.train(file!, [loss.name]);
  if (pick === own) await trainer.train(await writeExperiment(record, document), undefined);
}

/** Writes the run's settings into an experiment file of its own and opens it: to change something, and to train. */
export async function rerunWithEdits(record: RunRecord): Promise<void> {
  if (!record.entry.ok) return;
  const file = await writeExperiment(record, record.entry.document);
  await vscode.window.showTextDocument(vscode.Uri.file(file));
}

/** Settings in which an experiment file differs from a run; null when it cannot be read or has no such loss. */
async function differencesTo(document: RunDocument, file: string): Promise<string[] | null> {
  const [{ readExperiment }, { lossName }, { experimentDifferences }] = await Promise.all([
    import('../../engine/experiment/read'),
    import('../../engine/experiment/lossLabel'),
    import('../../engine/experiment/differences'),
  ]);
  try {
    const experiment = await readExperiment(file);
    const loss = experiment.losses.find((candidate) => lossName(candidate) === document.loss.name);
    if (!loss) return null;
    const now = { ...experiment, losses: [loss] };
    return experimentDifferences(document.experiment, now).map(({ path }) => path);
  } catch {
    // A file that cannot be read is no file to repeat a run from; its own diagnostics say why.
    return null;
  }
}

/** An experiment file with a run's settings, beside its experiment file, under a name that is free. */
async function writeExperiment({ runsFolder }: RunRecord, document: RunDocument): Promise<string> {
  let folder = experimentFolder(document, runsFolder);
  if (!(await exists(folder))) folder = dirname(runsFolder);
  await mkdir(folder, { recursive: true });
  const base = experimentNameOf(document.experimentFile ?? document.experimentName);
  const text = experimentFileText(document, folder);
  for (let number = 2; ; number += 1) {
    const file = join(folder, `${base}-${number}.losscape.json`);
    try {
      await writeFile(file, text, { flag: 'wx' });
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
