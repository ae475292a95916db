import * as vscode from 'vscode';
import { lossLabel } from '../../engine/experiment/lossLabel';
import { studyLosses } from '../../engine/experiment/studyLosses';
import { checkpointEpochs, heatmapRuns, lossOf } from '../panels/heatmapRuns';
import type { RunRecord, RunStore } from '../runs/runStore';
import { type DescentTask, descentTaskType, usualInterval } from '../tasks/descentTask';
import { nameOf } from '../tree/sorting';

/** As in the study. */
const usualSteps = 1000;

/** Asks what to descend on and how, with the study's ways as defaults; undefined when the user thought better of it. */
export async function askDescent(store: RunStore, record: RunRecord): Promise<DescentTask | undefined> {
  const t = vscode.l10n.t;
  if (!record.entry.ok) return undefined;
  const title = t('Descend on one image: {0}', nameOf(record));
  const { dataset, best } = record.entry.document;
  const epoch = await askEpoch(title, await checkpointEpochs(record.folder), best?.epoch);
  if (epoch === undefined) return undefined;
  const images = (['test', 'train'] as const).flatMap((split) =>
    dataset[split].map((name) => ({ label: name, description: split, name, split })),
  );
  const image = await vscode.window.showQuickPick(images, {
    title,
    placeHolder: t('Which image?'),
    matchOnDescription: true,
  });
  if (!image) return undefined;
  const losses = await askLosses(title, store, record);
  if (losses === undefined) return undefined;
  const steps = await vscode.window.showInputBox({
    title,
    value: String(usualSteps),
    prompt: t('Steps of Adam at 1e-5 under each loss. The study took 1,000.'),
    validateInput: (text) => (/^[1-9]\d*$/.test(text.trim()) ? undefined : t('A whole number above 0')),
  });
  if (steps === undefined) return undefined;
  const count = Number(steps.trim());
  const { name, split } = image;
  const every = usualInterval(count);
  return { type: descentTaskType, run: record.folder, image: name, split, epoch, losses, steps: count, every };
}

/** Asks for one of the epochs whose weights are there: the newest first. Throws an Error in words when there is none. */
export async function askEpoch(
  title: string,
  epochs: readonly number[],
  best: number | undefined,
): Promise<number | undefined> {
  const t = vscode.l10n.t;
  if (epochs.length === 0) throw new Error(t('This run has no weights on the disk yet.'));
  const picks = [...epochs].reverse().map((epoch, index) => ({
    label: t('Epoch {0}', epoch),
    description: [...(index === 0 ? [t('the newest')] : []), ...(epoch === best ? [t('the best')] : [])].join(', '),
    epoch,
  }));
  const pick = await vscode.window.showQuickPick(picks, {
    title,
    placeHolder: t('From the network after which epoch?'),
  });
  return pick?.epoch;
}

/** Asks for losses: the study's are chosen beforehand, those of the experiment stand below. */
async function askLosses(title: string, store: RunStore, record: RunRecord): Promise<string[] | undefined> {
  const t = vscode.l10n.t;
  const study = await Promise.all(studyLosses.map((spec) => lossOf(spec, lossLabel(spec))));
  const [run] = await heatmapRuns(store, [record.folder]);
  const known = new Set(study.map(({ key }) => key));
  const others = (run?.losses ?? []).filter(({ key }) => !known.has(key));
  const picks = [
    ...study.map((loss) => ({ label: loss.label, description: t('the study'), picked: true, loss })),
    ...others.map((loss) => ({ label: loss.label, description: t('the experiment'), picked: false, loss })),
  ];
  const chosen = await vscode.window.showQuickPick(picks, {
    title,
    placeHolder: t('Under which losses? They are descended one after the other, each from the same network.'),
    canPickMany: true,
  });
  if (chosen === undefined || chosen.length === 0) return undefined;
  return chosen.map(({ loss }) => JSON.stringify(loss.spec));
}
