import type { CurvatureInfo } from '../protocol/curvature';

/** Measurements that belong on one line over epochs: one loss at the networks of one run, over the same images. */
export interface CurvatureSeries {
  readonly key: string;
  /** In words, no longer than it takes to tell the lines apart. */
  readonly name: string;
  readonly run: string;
  /** Place among the colours of runs. */
  readonly place: number;
  /** By epoch; several at an epoch differ in how thorough they are. */
  readonly measured: readonly CurvatureInfo[];
}

const keyOf = ({ run, loss, images }: CurvatureInfo): string =>
  JSON.stringify([run, loss.name, loss.variant, images.split, images.count, images.region, images.digest]);

/**
 * Lines over epochs. Measurements over different images, or of the reported and the effective loss, are never joined.
 * @param runs names of runs in the order of their colours elsewhere; a run with one line has the colour it has there.
 */
export function curvatureSeries(measured: readonly CurvatureInfo[], runs: readonly string[]): CurvatureSeries[] {
  const groups = grouped(measured, keyOf);
  const order = (run: string): number => (runs.includes(run) ? runs.indexOf(run) : runs.length);
  const found = [...groups].sort(([, a], [, b]) => order(a[0]!.run) - order(b[0]!.run));
  const perRun = grouped(found, ([, [first]]) => first!.run);
  const single = [...perRun.values()].every((lines) => lines.length === 1) && runs.length > 0;
  return found.map(([key, list], index) => {
    const [first] = list as [CurvatureInfo];
    return {
      key,
      name: seriesName(first, measured),
      run: first.run,
      place: single ? order(first.run) : index,
      measured: [...list].sort((a, b) => a.epoch - b.epoch),
    };
  });
}

function grouped<T>(all: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}

/** The loss as it was differentiated. */
export const lossWords = ({ loss }: Pick<CurvatureInfo, 'loss'>): string =>
  loss.variant === 'effective' ? `${loss.label}, as descended` : loss.label;

function seriesName(info: CurvatureInfo, all: readonly CurvatureInfo[]): string {
  const runs = new Set(all.map(({ run }) => run));
  const namesakes = new Set(all.filter(({ trained }) => trained === info.trained).map(({ run }) => run));
  const images = new Set(all.map((one) => JSON.stringify(one.images)));
  const parts = [lossWords(info)];
  if (namesakes.size > 1) parts.push(info.run);
  else if (info.loss.label !== info.trained || (runs.size > 1 && info.loss.variant === 'effective'))
    parts.push(`trained with ${info.trained}`);
  if (images.size > 1) parts.push(imagesWords(info));
  return parts.join(' · ');
}

/** "8 of 40 train images". */
export const imagesWords = ({ images: { split, count, available } }: Pick<CurvatureInfo, 'images'>): string =>
  count === available ? `${count} ${split} images` : `${count} of ${available} ${split} images`;

/** What an epoch has of one kind: the best one of several measurements, null without any. */
export function bestAt(
  series: CurvatureSeries,
  epoch: number,
  quality: (info: CurvatureInfo) => number,
): CurvatureInfo | null {
  let best: CurvatureInfo | null = null;
  for (const info of series.measured) {
    if (info.epoch !== epoch || quality(info) < 0) continue;
    // Of equally good ones the newest.
    if (best === null || quality(info) >= quality(best)) best = info;
  }
  return best;
}

/** How well eigenvalues, the trace, … are known; negative where they are not. More is better. */
export const qualities = {
  eigenvalues: ({ eigenvalues }: CurvatureInfo): number =>
    eigenvalues === null ? -1 : (eigenvalues.converged ? 1000 : 0) + eigenvalues.largest.length,
  trace: ({ trace, settings }: CurvatureInfo): number => (trace === null ? -1 : settings.probes),
  spectrum: ({ spectrum, settings }: CurvatureInfo): number =>
    spectrum === null ? -1 : settings.spectrumProbes * settings.spectrumSteps,
  any: ({ spectrum, layers, eigenvalues, settings }: CurvatureInfo): number =>
    (spectrum ? 1e6 : 0) +
    (layers.some(({ largest }) => largest) ? 1e5 : 0) +
    (eigenvalues ? 1e4 : 0) +
    settings.probes,
} as const;

/** Epochs of a line at which something is known, ascending. */
export function epochsOf(series: CurvatureSeries, quality: (info: CurvatureInfo) => number): number[] {
  return [...new Set(series.measured.filter((info) => quality(info) >= 0).map(({ epoch }) => epoch))];
}

/** The measurement that is shown in detail: the chosen one, else the one of the last epoch that tells most. */
export function shownMeasurement(series: readonly CurvatureSeries[], chosen: string | null): CurvatureInfo | null {
  const all = series.flatMap(({ measured }) => measured);
  const found = all.find(({ file }) => file === chosen);
  if (found) return found;
  const known = all.filter(({ gradientNorm }) => gradientNorm !== null);
  const score = (info: CurvatureInfo): number => qualities.any(info) + info.epoch / 1e6;
  return known.reduce<CurvatureInfo | null>((best, one) => (best && score(best) >= score(one) ? best : one), null);
}
