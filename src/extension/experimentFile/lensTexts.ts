import type { RunEntry } from '../../runs/scan';
import { figure, t } from '../text';

/** What a lens needs to know of a run. */
export type LensRun = RunEntry;

type ReadableRun = Extract<RunEntry, { ok: true }>;

/** What the runs of a loss come to, in words: "3 runs, best test IoU 0.91", "epoch 12/50, IoU 0.78"; null without runs. */
export function runsInWords(runs: readonly LensRun[]): string | null {
  const live = runs.find((run): run is ReadableRun => run.ok && run.status === 'running');
  if (live) {
    const { epochsDone, epochsTotal, last } = live.document;
    const iou = last?.test?.iou ?? last?.train?.iou;
    const epoch = t('epoch {0}/{1}', epochsDone, epochsTotal);
    return iou === null || iou === undefined ? epoch : t('{0}, IoU {1}', epoch, figure(iou, 2));
  }
  if (runs.length === 0) return null;
  const count = runs.length === 1 ? t('1 run') : t('{0} runs', runs.length);
  const test = best(runs, 'test');
  if (test !== null) return t('{0}, best test IoU {1}', count, figure(test, 2));
  const train = best(runs, 'train');
  if (train !== null) return t('{0}, best training IoU {1}', count, figure(train, 2));
  const queued = runs.filter((run) => run.ok && run.status === 'queued').length;
  return queued > 0 ? t('{0}, {1} waiting', count, queued) : count;
}

/** The runs of each loss that are worth comparing: the newest of every loss that finished or got furthest. */
export function newestOfEachLoss(runs: readonly LensRun[], names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const own = runsOfLoss(runs, name).filter((run) => run.ok && run.document.epochsDone > 0);
    return own.length === 0 ? [] : [own[0]!.folder];
  });
}

/** The runs of one loss, newest first. */
export function runsOfLoss(runs: readonly LensRun[], name: string): LensRun[] {
  const started = (run: LensRun) => (run.ok ? run.document.started : '');
  return runs
    .filter((run) => run.ok && run.document.loss.name === name)
    .sort((a, b) => (started(a) < started(b) ? 1 : started(a) > started(b) ? -1 : 0));
}

function best(runs: readonly LensRun[], split: 'train' | 'test'): number | null {
  const values = runs.flatMap((run) => {
    const value = run.ok ? run.document.best?.[split]?.iou : undefined;
    return typeof value === 'number' ? [value] : [];
  });
  return values.length === 0 ? null : Math.max(...values);
}
