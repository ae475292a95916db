import { type Budget, defaultGroups, type Group, type Shares, splits } from '../../engine/insight/maps';
import type { BudgetBy } from './state';

/** The pair of groups of each way to share out. */
export const groupsOf: Readonly<Record<BudgetBy, readonly [Group, Group]>> = {
  class: splits[0],
  boundary: splits[1],
  outcome: splits[2],
  confidence: splits[3],
};

/** What each way to share out is called. */
export const byNames: Readonly<Record<BudgetBy, string>> = {
  class: 'foreground / background',
  boundary: 'boundary band / interior',
  outcome: 'right / wrong pixels',
  confidence: 'confident / unsure pixels',
};

/** What a group of pixels is, in words that can stand in a sentence. */
export function groupText(group: Group, band: number): string {
  const texts: Record<Group, string> = {
    foreground: 'the foreground',
    background: 'the background',
    band: `the band within ${band} pixels of the target’s edge`,
    interior: 'the pixels farther from the edge',
    right: 'pixels that are right',
    wrong: 'pixels that are wrong',
    confident: `pixels that the network is at least ${Math.round(defaultGroups.confident * 100)} % sure of`,
    unsure: 'pixels that the network is unsure of',
  };
  return texts[group];
}

/** The part of a sum that falls to a group; NaN where there is nothing to share out. */
export function shareOf({ total, parts }: Shares, group: Group): number {
  return total > 0 ? parts[group] / total : NaN;
}

/** A loss with its budget, for a sentence about it. */
export interface ToldBudget {
  readonly name: string;
  readonly budget: Budget;
  /** Plain cross-entropy on the same answer, to compare with. Null when it is that loss. */
  readonly reference: Budget | null;
}

/**
 * What is seen, in sentences: which part of the pixels a group is, and which part of the gradient it gets under each loss and
 * under plain cross-entropy for the same answer of the network.
 *
 * @param epoch null: the network is that at a point of a surface.
 */
export function budgetSentence(by: BudgetBy, epoch: number | null, band: number, told: readonly ToldBudget[]): string {
  const [first] = told;
  if (!first) return '';
  const group = ({ class: 'foreground', boundary: 'band', outcome: 'wrong', confidence: 'confident' } as const)[by];
  const { pixels } = first.budget;
  const [one, other] = groupsOf[by];
  const share = pixels[group] / (pixels[one] + pixels[other]);
  const count = (budget: Budget): number => budget.pixels[group];
  // Several networks: the groups are of different sizes.
  const several = new Set(told.map(({ budget }) => count(budget))).size > 1;
  const shares = told.flatMap(({ name, budget }) => {
    const own = shareOf(budget.gradient, group);
    const of = several ? ` (of ${percent(count(budget) / (pixels[one] + pixels[other]))} of the pixels)` : '';
    return Number.isNaN(own) || (several && count(budget) === 0) ? [] : [`${percent(own)} under ${name}${of}`];
  });
  const plain = told.some(({ reference }) => reference === null);
  const beside = plain || !first.reference ? NaN : shareOf(first.reference.gradient, group);
  if (!Number.isNaN(beside)) shares.push(`${percent(beside)} if it were cross-entropy`);
  const subject = groupText(group, band);
  const verb = group === 'foreground' || group === 'band' ? 'makes' : 'make';
  const when = epoch === null ? 'At this point' : `After epoch ${epoch}`;
  const sentence = several
    ? `${when}, look at ${subject}.`
    : `${when}, ${subject} ${verb} up ${percent(share)} of the image.`;
  if (shares.length === 0) return sentence;
  const gets = verb === 'makes' ? 'it gets' : 'they get';
  return [`${sentence} Of the gradient ${gets} ${listed(shares)}.`, explanation(by, told)].filter(Boolean).join(' ');
}

/** Why that matters: only where the numbers bear it out. */
function explanation(by: BudgetBy, told: readonly ToldBudget[]): string {
  if (by !== 'confidence') return '';
  const ratios = told.flatMap(({ name, budget, reference }) => {
    if (reference === null || budget.pixels.confident === 0) return [];
    const [own, usual] = [shareOf(budget.gradient, 'confident'), shareOf(reference.gradient, 'confident')];
    return usual > 0 && Number.isFinite(own) ? [{ name, ratio: own / usual }] : [];
  });
  const [least] = ratios.sort((a, b) => a.ratio - b.ratio);
  if (!least || least.ratio > 0.8) return '';
  const less =
    least.ratio < 1e-3
      ? 'next to nothing of its gradient on pixels that the network is already sure of'
      : `${times(1 / least.ratio)} less of its gradient on pixels that the network is already sure of than cross-entropy would`;
  return (
    `${capital(least.name)} spends ${less}: it leaves alone what is nearly right, so little drives confidence further up. ` +
    'That is why confidence ends lower at about the same accuracy.'
  );
}

function listed(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function times(ratio: number): string {
  return `${ratio >= 10 ? Math.round(ratio) : Number(ratio.toFixed(1))} times`;
}

function percent(share: number): string {
  if (share > 0 && share < 0.001) return 'less than 0.1 %';
  return `${share < 0.1 || share > 0.95 ? Number((share * 100).toFixed(1)) : Math.round(share * 100)} %`;
}
