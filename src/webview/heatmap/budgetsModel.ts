import type { HeatmapLoss, HeatmapRun, ImageReference } from '../protocol/heatmap';
import type { BudgetModel } from './budgetChart';
import { type BudgetStore, plainCrossEntropy } from './budgetStore';
import { budgetSentence, groupsOf, type ToldBudget } from './budgetText';
import { type HeatmapState, nearestEpoch, networkAt } from './state';

/** What the section shows. */
export interface BudgetsShown {
  readonly model: BudgetModel;
  readonly sentence: string;
  /** How far the counting has come: "12 of 24 epochs counted"; empty when it is done. */
  readonly progress: string;
  readonly problem: string | null;
}

/** A run and a loss whose budget is shown. */
export interface BudgetSubject {
  readonly name: string;
  readonly run: HeatmapRun;
  readonly loss: HeatmapLoss;
}

/**
 * What budgets are shown of: with several runs each under the loss that it was trained with, with one run under the chosen
 * losses, or all of its experiment.
 */
export function budgetSubjects(
  runs: readonly { readonly run: HeatmapRun; readonly name: string }[],
  losses: readonly HeatmapLoss[],
  chosen: readonly string[],
): BudgetSubject[] {
  if (runs.length > 1) {
    return runs.flatMap(({ run, name }) => {
      const loss = run.losses.find(({ key }) => key === run.trainedWith);
      return loss ? [{ name, run, loss }] : [];
    });
  }
  const [only] = runs;
  if (!only) return [];
  const wanted = chosen.length > 1 ? losses.filter(({ key }) => chosen.includes(key)) : losses;
  const first = wanted.filter(({ key }) => key === only.run.trainedWith);
  return [...first, ...wanted.filter(({ key }) => key !== only.run.trainedWith)]
    .slice(0, 6)
    .map((loss) => ({ name: loss.label, run: only.run, loss }));
}

/** The losses that have to be counted for these subjects on a run: plain cross-entropy too, to compare with. */
export function lossesToCount(subjects: readonly BudgetSubject[], run: HeatmapRun): HeatmapLoss[] {
  const own = subjects.filter((subject) => subject.run.info.folder === run.info.folder).map(({ loss }) => loss);
  return own.length === 0 ? [] : [...own, plainCrossEntropy];
}

/** Everything that the section shows. @param epochs null alone where nothing that is shown has epochs: a point of a surface. */
export function budgetsShown(
  subjects: readonly BudgetSubject[],
  epochs: readonly (number | null)[],
  image: ImageReference,
  epoch: number | null,
  store: BudgetStore,
  { by, band }: HeatmapState['budget'],
  shares: boolean,
): BudgetsShown {
  const rows = subjects.map(({ name, run, loss }) => ({
    name,
    budgets: epochs.map((at) => {
      const network = networkAt(run, at);
      return network === null ? null : store.get(run, image, network, loss, band);
    }),
  }));
  const counted = epochs.filter((_, index) => rows.every(({ budgets }) => budgets[index] !== undefined)).length;
  // Of many epochs only some are counted: the words are about the bar that stands out.
  const known = epochs.flatMap((at) => at ?? []);
  const current = epoch === null ? null : nearestEpoch(known, epoch);
  const told = subjects.flatMap(({ name, run, loss }): ToldBudget[] => {
    const network = networkAt(run, current);
    const budget = network === null ? null : store.get(run, image, network, loss, band);
    if (!budget || network === null) return [];
    const isPlain =
      JSON.stringify(loss.spec) === JSON.stringify(plainCrossEntropy.spec) || loss.label === 'cross-entropy';
    return [
      { name, budget, reference: isPlain ? null : (store.get(run, image, network, plainCrossEntropy, band) ?? null) },
    ];
  });
  const untargeted = rows.length > 0 && rows.every(({ budgets }) => budgets.every((budget) => budget === null));
  return {
    model: {
      epochs,
      current,
      rows,
      groups: groupsOf[by],
      shares,
    },
    sentence: epochs.length === 0 ? '' : budgetSentence(by, current, band, told),
    progress: counted === epochs.length || epochs.includes(null) ? '' : `${counted} of ${epochs.length} epochs counted`,
    problem: untargeted
      ? 'This image has no mask, so there is no loss to share out: choose an image of the data set.'
      : null,
  };
}
