import * as vscode from 'vscode';
import type { ModelConfig } from '../../engine/experiment/schema';
import { Problem } from '../../runs/problem';
import { checkpointEpochs } from '../../runs/retention';
import type { RunRecord, RunStore } from '../runs/runStore';
import { nameOf } from '../tree/sorting';
import { lossesBeside } from './askSurface';
import { type CurvatureTask, curvatureTaskType } from './curvatureCall';
import { costOf, type Effort, efforts, spread } from './curvatureEffort';

/** Asks what to measure: epochs, losses, how thoroughly. Undefined when the user thought better of it. */
export async function askCurvature(
  store: Pick<RunStore, 'all'>,
  records: readonly RunRecord[],
): Promise<CurvatureTask | undefined> {
  const [first] = records;
  if (!first) return undefined;
  const epochs = await askEpochs(records);
  if (!epochs) return undefined;
  const losses = records.length === 1 ? await askLosses(store, first) : await askLossesOfAll(store, records);
  if (!losses) return undefined;
  const each = Math.max(1, losses === 'own' ? 1 : losses.length);
  const effort = await askEffort(first, records.length * Math.max(1, epochs.length) * each);
  if (!effort) return undefined;
  return {
    type: curvatureTaskType,
    runs: records.map(({ folder }) => folder),
    ...(epochs.length > 0 ? { epochs } : {}),
    ...(losses === 'own' ? {} : { losses }),
    ...effort,
  };
}

/** Which of some runs; all of them unless the user takes some away. Empty when the user thought better of it. */
export async function askRuns(records: readonly RunRecord[]): Promise<readonly RunRecord[]> {
  const picks = records.map((record) => ({ label: nameOf(record), detail: record.folder, record, picked: true }));
  const title = vscode.l10n.t('Curvature: networks of which runs?');
  const picked = await vscode.window.showQuickPick(picks, { title, canPickMany: true });
  return (picked ?? []).map(({ record }) => record);
}

/** Epochs whose weights every run has; an empty list for each run's last one. */
async function askEpochs(records: readonly RunRecord[]): Promise<readonly number[] | undefined> {
  const t = vscode.l10n.t;
  const own = await Promise.all(records.map(({ folder }) => checkpointEpochs(folder)));
  if (own.some((epochs) => epochs.length === 0)) throw new Problem(t('This run has no weights on the disk yet.'));
  const common = own[0]!.filter((epoch) => own.every((epochs) => epochs.includes(epoch)));
  const some = spread(common, 5);
  const last = common.at(-1);
  const listed = (epochs: readonly number[]): string => epochs.join(', ');
  const choices: (vscode.QuickPickItem & { epochs: readonly number[] | 'ask' })[] = [
    {
      epochs: [],
      label: records.length === 1 ? t('Last epoch') : t('Last epoch of each run'),
      description: records.length === 1 ? t('epoch {0}', own[0]!.at(-1)!) : '',
    },
  ];
  if (some.length > 1)
    choices.push({
      epochs: some,
      label: t('{0} epochs, spread evenly', some.length),
      description: listed(some),
      detail: t('How curvature changes over training'),
    });
  if (common.length > some.length)
    choices.push({ epochs: common, label: t('Every epoch with weights on the disk'), description: `${common.length}` });
  if (last !== undefined && common.length > 1) choices.push({ epochs: 'ask', label: t('Choose epochs …') });
  const title = t('Curvature: networks after which epochs?');
  const pick = choices.length === 1 ? choices[0] : await vscode.window.showQuickPick(choices, { title });
  if (!pick) return undefined;
  if (pick.epochs !== 'ask') return pick.epochs;
  const picks = common.map((epoch) => ({ label: t('Epoch {0}', epoch), epoch, picked: some.includes(epoch) }));
  const picked = await vscode.window.showQuickPick(picks, { title, canPickMany: true });
  return picked && picked.length > 0 ? picked.map(({ epoch }) => epoch) : undefined;
}

async function askLosses(store: Pick<RunStore, 'all'>, run: RunRecord): Promise<string[] | 'own' | undefined> {
  const t = vscode.l10n.t;
  const losses = lossesBeside(store, run);
  if (losses.length < 2) return 'own';
  const own = run.entry.ok ? run.entry.document.loss.name : '';
  const picks = losses.map(({ name, label }) => ({
    label,
    description: name === own ? t('the run’s own') : name === label ? '' : name,
    name,
    picked: name === own,
  }));
  const title = t('Losses whose curvature is measured: each takes as long as the first');
  const picked = await vscode.window.showQuickPick(picks, { title, canPickMany: true });
  return picked && picked.length > 0 ? picked.map(({ name }) => name) : undefined;
}

async function askLossesOfAll(
  store: Pick<RunStore, 'all'>,
  records: readonly RunRecord[],
): Promise<string[] | 'own' | undefined> {
  const t = vscode.l10n.t;
  // A loss that only some of the runs know of cannot be asked of all.
  const lists = records.map((record) => lossesBeside(store, record));
  const losses = lists[0]!.filter(({ name }) => lists.every((list) => list.some((other) => other.name === name)));
  const choices = [
    { label: t('Each run’s own loss'), description: '', losses: 'own' as const },
    ...losses.map(({ name, label }) => ({ label, description: t('at every run'), losses: [name] })),
    ...(losses.length > 1
      ? [
          {
            label: t('All {0} losses', losses.length),
            description: t('at every run'),
            losses: losses.map(({ name }) => name),
          },
        ]
      : []),
  ];
  const title = t('Losses whose curvature is measured');
  return (await vscode.window.showQuickPick(choices, { title }))?.losses;
}

async function askEffort({ entry }: RunRecord, measurements: number): Promise<Effort | undefined> {
  const t = vscode.l10n.t;
  const model = entry.ok ? (entry.document.experiment as { model: ModelConfig }).model : undefined;
  const words = {
    quick: t('Quick'),
    usual: t('Usual'),
    thorough: t('Thorough: with spectral density and layers'),
  };
  const picks = (['quick', 'usual', 'thorough'] as const).map((name) => {
    const effort = efforts[name];
    const parts = [
      t('{0} largest eigenvalues', effort.top),
      t('trace from {0} random vectors', effort.probes),
      ...(effort.spectrum > 0 ? [t('density from {0}', effort.spectrum)] : []),
      ...(effort.layers ? [t('largest eigenvalue of every layer')] : []),
    ];
    const { least, most } = costOf(effort, model?.depth ?? 4);
    return {
      label: words[name],
      description: parts.join(', '),
      detail: t('{0} to {1} products with the Hessian over 8 images', least, most),
      effort,
    };
  });
  const title =
    measurements === 1
      ? t('How thorough? A product takes about as long as three training steps on the same images')
      : t('How thorough? For each of {0} measurements; a product takes about three training steps', measurements);
  return (await vscode.window.showQuickPick(picks, { title }))?.effort;
}
