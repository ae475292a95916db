import {
  type Budget,
  budget,
  defaultGroups,
  edgeDistance,
  isKnownLoss,
  isLabelled,
  type LossSpec,
  type MarginMap,
  type PixelGroups,
  pixelGroups,
} from '../../engine/insight/maps';
import type { HeatmapLoss, HeatmapNetwork, HeatmapRun, ImageReference } from '../protocol/heatmap';
import { needKey } from './loader';

/** Plain cross-entropy: what every other loss is held against. */
export const plainCrossEntropy: HeatmapLoss = Object.freeze({
  key: 'reference',
  label: 'cross-entropy',
  spec: { type: 'crossEntropy' },
});

/** The budgets that have been counted: a few numbers for each run, epoch, image and loss, so all of them are kept. */
export class BudgetStore {
  private readonly counted = new Map<string, Budget | null>();
  private readonly distances = new WeakMap<Uint8Array, Float32Array>();
  private groups: { readonly map: MarginMap; readonly band: number; readonly groups: PixelGroups } | null = null;

  /** The budget; undefined when it has not been counted yet, null when there is none. */
  get(
    run: HeatmapRun,
    image: ImageReference,
    network: HeatmapNetwork,
    loss: HeatmapLoss,
    band: number,
  ): Budget | null | undefined {
    return this.counted.get(keyOf(run, image, network, loss, band));
  }

  /** Counts what has not been counted of one answer. @returns whether there was anything to do. */
  count(
    run: HeatmapRun,
    image: ImageReference,
    network: HeatmapNetwork,
    map: MarginMap,
    losses: readonly HeatmapLoss[],
    band: number,
  ): boolean {
    const missing = losses.filter((loss) => this.get(run, image, network, loss, band) === undefined);
    for (const loss of missing) {
      this.counted.set(keyOf(run, image, network, loss, band), this.budgetOf(map, loss, band));
    }
    return missing.length > 0;
  }

  /** Null without a target, and for a loss that cannot be computed: why, its map says. */
  private budgetOf(map: MarginMap, { spec }: HeatmapLoss, band: number): Budget | null {
    if (!isLabelled(map) || !isKnownLoss(spec)) return null;
    return budget(map, spec as LossSpec, this.groupsOf(map, band));
  }

  private groupsOf(map: MarginMap, band: number): PixelGroups | null {
    if (!isLabelled(map)) return null;
    if (this.groups?.map === map && this.groups.band === band) return this.groups.groups;
    let distances = this.distances.get(map.labels);
    if (!distances) {
      distances = edgeDistance(map.labels, map.height, map.width);
      this.distances.set(map.labels, distances);
    }
    const groups = pixelGroups(map, { ...defaultGroups, band }, distances);
    this.groups = { map, band, groups };
    return groups;
  }
}

function keyOf(
  run: HeatmapRun,
  image: ImageReference,
  network: HeatmapNetwork,
  loss: HeatmapLoss,
  band: number,
): string {
  return `${needKey({ run, image, network })} ${loss.key} ${band}`;
}
