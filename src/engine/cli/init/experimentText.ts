import { counted } from '../../data/listing';
import type { FoundFolders } from './findFolders';
import type { Proposal } from './proposal';
import type { Survey } from './survey';

export interface TextOptions {
  readonly found: FoundFolders;
  readonly survey: Survey;
  readonly proposal: Proposal;
  readonly pairs: number;
  /** Whether images or masks without a partner have to be left out. */
  readonly skipUnpaired: boolean;
  /** Whether the images are a generated phantom. */
  readonly synthetic: boolean;
}

/** The text of an experiment file, with comments that say why. */
export function experimentText({ found, survey, proposal, pairs, skipUnpaired, synthetic }: TextOptions): string {
  const { scale, crop, filters, depth, channels, epochs, evaluateEvery, batchSize } = proposal;
  const more = synthetic ? ',' : '';
  const test =
    found.test === undefined
      ? `0.15${more} // the last 15 % of the ${counted(pairs, 'pair')} by name; or a number of pairs, or folders of its own`
      : `{ "images": ${JSON.stringify(found.test.images)}, "masks": ${JSON.stringify(found.test.masks)} }${more}`;
  const lines = [
    '{',
    '  "dataset": {',
    `    "images": ${JSON.stringify(found.images)},`,
    `    "masks": ${JSON.stringify(found.masks)}, // a mask is called as its image, or NAME_mask`,
    `    "maskThreshold": ${survey.maskThreshold}, // ${thresholdReason(survey)}`,
    `    "scale": ${scale}, // ${scaleReason(survey, proposal)}`,
    ...(skipUnpaired ? ['    "unpaired": "skip", // images and masks without a partner are left out'] : []),
    `    "test": ${test}`,
    ...(synthetic ? ['    "synthetic": true // generated pictures: every result made from them says so'] : []),
    '  },',
    '  // A U-Net; twice the filters is four times the work. The study used 32 filters, depth 4 and "valid" padding.',
    `  "model": { "filters": ${filters}, "depth": ${depth}, "padding": "same", "channels": ${channels} },`,
    '  "input": {',
    `    "crop": [${crop.join(', ')}], // random crops, height and width, after scaling; the smallest image has ${proposal.least.join(' × ')}`,
    '    "flip": true // turn off where left and right or top and bottom mean something',
    '  },',
    '  "training": {',
    `    "epochs": ${epochs},`,
    `    "batchSize": ${batchSize},`,
    '    "optimizer": { "type": "adam", "learningRate": 1e-3 },',
    '    "schedule": { "type": "cosine", "warmupSteps": 20 },',
    `    "evaluateEvery": ${evaluateEvery},`,
    '    "keep": "lastAndBest",',
    '    "seed": 99',
    '  },',
    ...losses(proposal),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function losses({ foreground, balanced, weight }: Proposal): string[] {
  const share = `${percent(foreground)} of the pixels are foreground`;
  if (weight === 1) {
    return [
      `  // One run each. ${share}: the classes need no weights.`,
      '  "losses": [',
      '    { "type": "crossEntropy" },',
      '    { "type": "focal", "gamma": 2 }, // plays down the pixels that are right already: less confident',
      '    { "type": "sum", "terms": [{ "type": "dice" }, { "type": "crossEntropy" }] } // about overlap as well',
      '  ]',
    ];
  }
  return [
    `  // One run each. ${share}; [1, ${Number(balanced.toPrecision(2))}] would make both classes count the same,`,
    `  // [1, ${weight}], about its root, is the gentler start.`,
    '  "losses": [',
    '    { "type": "crossEntropy" },',
    `    { "type": "crossEntropy", "classWeights": [1, ${weight}] }, // background, foreground: finds more, more confident`,
    '    { "type": "focal", "gamma": 2 } // plays down the pixels that are right already: less confident',
    '  ]',
  ];
}

function thresholdReason({ maskThreshold, values, greyEdges }: Survey): string {
  if (maskThreshold === 0) return 'the masks hold class numbers: every value above 0 is foreground';
  if (greyEdges) return 'values above this are foreground; the edges of the masks are grey';
  return values.length > 2
    ? `values above this are foreground; there are ${values.map(({ value }) => value).join(', ')}`
    : 'values above this are foreground';
}

function scaleReason({ least, most }: Survey, { scale }: Proposal): string {
  const size = String(least) === String(most) ? 'the images have' : 'the smallest image has';
  const pixels = `${size} ${least[1]} × ${least[0]} pixels (width × height)`;
  return scale < 1 ? `${pixels}: made smaller first, for speed and for context` : `as they are; ${pixels}`;
}

/** A share in per cent, with two digits that count. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(share >= 0.1 ? 3 : 2))} %`;
}
