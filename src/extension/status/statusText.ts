import type { RunDocument } from '../../runs/document';
import { scoreOf } from '../tree/sorting';
import { duration, figure, t } from '../text';

/** A live run as the status bar tells of it. */
export interface LiveRun {
  readonly document: RunDocument;
  /** Seconds until it ends; null while nothing can be said. */
  readonly etaSeconds: number | null;
}

/** "epoch 12/50 · 3 min left · IoU 0.781 (+2)": of several live runs the one that started last, and how many more there are. */
export function statusText(runs: readonly LiveRun[], waiting: number): string {
  const [first] = runs;
  if (!first) return '';
  const { document, etaSeconds } = first;
  const score = scoreOf(document.last);
  const parts = [
    t('epoch {0}/{1}', document.epochsDone, document.epochsTotal),
    etaSeconds === null ? '' : t('{0} left', duration(etaSeconds)),
    score === null ? '' : t('IoU {0}', figure(score)),
  ];
  const more = runs.length - 1 + waiting;
  return parts.filter((part) => part !== '').join(' · ') + (more > 0 ? ` (+${more})` : '');
}

/** One line for each live run, and what waits. */
export function statusLines(runs: readonly LiveRun[], waiting: number): string[] {
  const lines = runs.map(
    (run) => `${run.document.loss.label} — ${run.document.experimentName}: ${statusText([run], 0)}`,
  );
  if (waiting > 0) lines.push(waiting === 1 ? t('1 training is waiting') : t('{0} trainings are waiting', waiting));
  return lines;
}
