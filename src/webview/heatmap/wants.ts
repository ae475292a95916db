import type { ImageReference } from '../protocol/heatmap';
import type { BudgetStore } from './budgetStore';
import { type BudgetSubject, lossesToCount } from './budgetsModel';
import type { LayerValues } from './layers';
import type { Loader, Need } from './loader';
import { type HeatmapState, networkAt, ofImage, type Tile } from './state';
import type { Thumbnails } from './thumbnails';

/** What is shown, and what may be shown next. */
export interface Wanted {
  readonly image: ImageReference;
  /** Those before and after it in the list. */
  readonly nearImages: readonly ImageReference[];
  readonly tiles: readonly Tile[];
  /** All epochs of the shown runs, and the one that is shown. */
  readonly epochs: readonly number[];
  readonly epoch: number | null;
  /** Epochs that get a thumbnail and a place in the budgets. */
  readonly spread: readonly number[];
  /** What budgets are counted of: the same, or null alone where there are no epochs. */
  readonly counted: readonly (number | null)[];
  /** What is shown as soon as it has come. */
  readonly coming: readonly Need[];
  /** What the thumbnails are of. */
  readonly of: Tile | null;
  readonly subjects: readonly BudgetSubject[];
  readonly state: HeatmapState;
}

/** Says what is needed for what is shown, what may come next, and counts what has come for the budgets. */
export class Wants {
  private counting = false;

  constructor(
    private readonly loader: Loader,
    private readonly values: LayerValues,
    private readonly thumbnails: Thumbnails,
    private readonly budgets: BudgetStore,
    private readonly counted: () => void,
  ) {}

  declare(wanted: Wanted): void {
    const { image, nearImages, tiles, epochs, epoch, spread, of, state, coming } = wanted;
    const at = epoch === null ? -1 : epochs.indexOf(epoch);
    const neighbours = [epochs[at + 1], epochs[at - 1], epochs[at + 2]].flatMap((near) => near ?? []);
    const missing = of === null ? [] : spread.filter((one) => !this.thumbnails.has(of, image, one, state));
    this.loader.want(
      [...tiles.flatMap((tile) => needs(tile, image, epoch)), ...coming],
      [
        ...neighbours.flatMap((near) => tiles.flatMap((tile) => needs(tile, image, near))),
        ...nearImages.flatMap((near) => tiles.flatMap((tile) => needs(tile, near, epoch))),
        ...missing.flatMap((one) => needs(of!, image, one)),
        ...(state.budget.open ? this.forBudgets(wanted) : []),
      ],
    );
  }

  /** What the budgets still need; what is there is counted. */
  private forBudgets({ subjects, counted, image, state }: Wanted): Need[] {
    const { band } = state.budget;
    const missing: Need[] = [];
    for (const { run } of subjects) {
      const losses = lossesToCount(subjects, run);
      for (const one of counted) {
        const network = networkAt(run, one);
        if (network === null) continue;
        if (losses.every((loss) => this.budgets.get(run, image, network, loss, band) !== undefined)) continue;
        const margin = this.loader.margin(run, network, image);
        const photo = this.loader.image(run, image);
        if (margin.state !== 'ready' || photo.state !== 'ready') missing.push({ run, image, network });
        else
          this.count(() =>
            this.budgets.count(run, image, network, this.values.mapOf(photo.value, margin.value), losses, band),
          );
      }
    }
    return missing;
  }

  /** One answer at a time between frames, so that the slider stays quick. */
  private count(count: () => boolean): void {
    if (this.counting) return;
    this.counting = true;
    setTimeout(() => {
      this.counting = false;
      if (count()) this.counted();
    }, 0);
  }
}

function needs(tile: Tile, image: ImageReference, epoch: number | null): Need[] {
  const { run } = tile;
  const network = ofImage.has(tile.layer) ? null : networkAt(run, epoch);
  return [{ run, image, network: null }, ...(network === null ? [] : [{ run, image, network }])];
}
