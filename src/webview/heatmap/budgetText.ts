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
 * What is seen, in sentences: how much of the gradient falls to the smaller or the more telling group, beside its part of the
 * pixels, and what plain cross-entropy would do with the same answer.
 */
export function budgetSentence(by: BudgetBy, epoch: number, band: number, told: readonly ToldBudget[]): string {
  const [first] = told;
  if (!first) return '';
  const group: Group = { class: 'foreground', boundary: 'band', outcome: 'wrong', confidence: 'confident' }[
    by
  ] as Group;
  const { pixels } = first.budget;
  const [one, other] = groupsOf[by];
  const share = pixels[group] / (pixels[one] + pixels[other]);
  const sentences = [
    `After epoch ${epoch}, ${groupText(group, band)} make${/^the /.test(groupText(group, band)) ? 's' : ''} up ${percent(share)} of the image.`,
  ];
  for (const { name, budget, reference } of told.slice(0, 3)) {
    const own = shareOf(budget.gradient, group);
    if (Number.isNaN(own)) continue;
    const beside = reference === null ? NaN : shareOf(reference.gradient, group);
    sentences.push(
      `Under ${name} ${percent(own)} of the gradient falls on it` +
        (Number.isNaN(beside) ? '.' : `; cross-entropy would give it ${percent(beside)}.`),
    );
  }
  const why = explanation(by, told);
  return why === '' ? sentences.join(' ') : `${sentences.join(' ')} ${why}`;
}

/** Why that matters: only where the numbers bear it out. */
function explanation(by: BudgetBy, told: readonly ToldBudget[]): string {
  const compared = told.find(({ reference }) => reference !== null);
  if (!compared?.reference) return '';
  const { name, budget, reference } = compared;
  if (by === 'confidence') {
    const push = mean(budget, 'confident');
    const usual = mean(reference, 'confident');
    if (!(usual > 0)) return '';
    const ratio = push / usual;
    if (ratio < 0.8) {
      return (
        `A confident pixel is pushed ${times(1 / ratio)} less than under cross-entropy: ${name} leaves alone what is nearly right, ` +
        'so nothing drives its confidence further up. That is why confidence stays lower at about the same accuracy.'
      );
    }
    if (ratio > 1.25)
      return `A confident pixel is pushed ${times(ratio)} more than under cross-entropy: its confidence is driven further up.`;
    return 'That is about what cross-entropy does: confident pixels go on being pushed, and confidence goes on rising.';
  }
  if (by === 'class') {
    const ratio = mean(budget, 'foreground') / mean(reference, 'foreground');
    if (ratio > 1.25)
      return `A foreground pixel is pushed ${times(ratio)} more than under cross-entropy: its confidence rises sooner.`;
    if (ratio < 0.8)
      return `A foreground pixel is pushed ${times(1 / ratio)} less than under cross-entropy: the plateau before the foreground is found lasts longer.`;
  }
  return '';
}

/** Mean |gradient| of a pixel of a group. */
function mean({ gradient, pixels }: Budget, group: Group): number {
  const count = pixels.foreground + pixels.background;
  return pixels[group] > 0 ? (gradient.parts[group] * count) / pixels[group] : NaN;
}

function times(ratio: number): string {
  return `${ratio >= 10 ? Math.round(ratio) : Number(ratio.toFixed(1))} times`;
}

function percent(share: number): string {
  if (share > 0 && share < 0.001) return 'less than 0.1 %';
  return `${share < 0.1 || share > 0.95 ? Number((share * 100).toFixed(1)) : Math.round(share * 100)} %`;
}
