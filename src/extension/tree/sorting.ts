import type { MetricsSummary } from '../../runs/document';
import type { RunRecord } from '../runs/runData';

export const sortings = ['newest', 'oldest', 'testIou', 'bestTestIou', 'name', 'status', 'starred'] as const;
export type Sorting = (typeof sortings)[number];

type Order = (a: RunRecord, b: RunRecord) => number;

/** The order of runs in which the user wants to see them; runs that are alike in it stand newest first. */
export function orderOf(sorting: Sorting): Order {
  const by = orders[sorting];
  return (a, b) => by(a, b) || newest(a, b);
}

const newest: Order = (a, b) => startTime(b) - startTime(a) || (a.folder < b.folder ? 1 : -1);

const orders: Record<Sorting, Order> = {
  newest,
  oldest: (a, b) => -newest(a, b),
  testIou: (a, b) => descending(iou(a, 'last'), iou(b, 'last')),
  bestTestIou: (a, b) => descending(iou(a, 'best'), iou(b, 'best')),
  name: (a, b) => collator.compare(nameOf(a), nameOf(b)),
  status: (a, b) => rank(a) - rank(b),
  starred: (a, b) => Number(b.marks.star) - Number(a.marks.star),
};

const collator = new Intl.Collator(undefined, { numeric: true });

/** When a run started, in milliseconds. Parsed once per document: thousands of runs are compared tens of thousands of times. */
export function startTime({ entry }: RunRecord): number {
  if (!entry.ok) return 0;
  const { document } = entry;
  let time = times.get(document);
  if (time === undefined) times.set(document, (time = Date.parse(document.started)));
  return time;
}

const times = new WeakMap<object, number>();

function iou({ entry }: RunRecord, which: 'last' | 'best'): number {
  if (!entry.ok) return NaN;
  return scoreOf(entry.document[which]) ?? NaN;
}

/** Mean test IoU, or mean train IoU when there is no test split. */
export function scoreOf(summary: MetricsSummary | null): number | null {
  return (summary?.test ?? summary?.train)?.iou ?? null;
}

/** Highest first; what has no number comes last. */
function descending(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return b - a;
}

/** A run's name: the one that the user gave it, else its loss in words. */
export function nameOf({ marks, entry }: RunRecord): string {
  return marks.title ?? (entry.ok ? entry.document.loss.label : entry.id);
}

/** Statuses as they are sorted: what goes on comes first. */
export const statusOrder = ['running', 'queued', 'interrupted', 'stopped', 'failed', 'finished', 'unreadable'] as const;

function rank({ entry }: RunRecord): number {
  return statusOrder.indexOf(entry.ok ? entry.status : 'unreadable');
}
