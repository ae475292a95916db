import type { LossSpec } from '../../experiment/lossSchema';
import { edgeDistance } from './edgeDistance';
import { effectiveLossMap, gradientMap, lossMap } from './loss';
import { isLabelled, noTarget, type LabelledMap, type MarginMap, type PixelValues } from './marginMap';
import { entropy, foregroundProbability, outcome, prediction, trueProbability } from './probabilities';

/** What a quantity is, for titles, axes and colours. */
export interface QuantityDescription {
  /** For a title: "confidence pt". */
  readonly title: string;
  /** One sentence for a tooltip. */
  readonly meaning: string;
  /** `classes`: a few codes. `sequential`: from a least value on. `diverging`: to either side of 0. */
  readonly scale: 'classes' | 'sequential' | 'diverging';
  /** Its natural range; null where that depends on the image. */
  readonly range: readonly [number, number] | null;
  /** Of its values, for an axis; empty where there is none. */
  readonly unit: string;
  readonly needsTarget: boolean;
  /** Whether it is one of a loss. */
  readonly needsLoss: boolean;
}

const probability = { scale: 'sequential', range: [0, 1], unit: '', needsLoss: false } as const;

/** Everything that can be drawn of an answer. */
export const quantities = {
  target: {
    title: 'target',
    meaning: 'The true class of each pixel: 1 foreground, 0 background.',
    scale: 'classes',
    range: [0, 1],
    unit: '',
    needsTarget: true,
    needsLoss: false,
  },
  prediction: {
    title: 'prediction',
    meaning: 'The predicted class of each pixel: 1 foreground, 0 background.',
    scale: 'classes',
    range: [0, 1],
    unit: '',
    needsTarget: false,
    needsLoss: false,
  },
  outcome: {
    title: 'difference',
    meaning: '0 true negative, 1 true positive, 2 false negative, 3 false positive.',
    scale: 'classes',
    range: [0, 3],
    unit: '',
    needsTarget: true,
    needsLoss: false,
  },
  pt: {
    title: 'confidence pt',
    meaning: 'Probability of the true class.',
    needsTarget: true,
    ...probability,
  },
  foreground: {
    title: 'P(foreground)',
    meaning: 'Predicted probability of the foreground.',
    needsTarget: false,
    ...probability,
  },
  entropy: {
    title: 'entropy',
    meaning: 'Entropy of the predicted probabilities: 1 bit where both classes are as likely.',
    needsTarget: false,
    ...probability,
    unit: 'bit',
  },
  margin: {
    title: 'logit margin',
    meaning: 'Logit of the foreground - logit of the background.',
    scale: 'diverging',
    range: null,
    unit: '',
    needsTarget: false,
    needsLoss: false,
  },
  loss: {
    title: 'loss per pixel',
    meaning: 'Scaled so that its mean over the image is the reported loss.',
    scale: 'sequential',
    range: null,
    unit: '',
    needsTarget: true,
    needsLoss: true,
  },
  effective: {
    title: 'effective loss per pixel',
    meaning: 'Of the function that training really descends: not the reported one where a modulator is detached.',
    scale: 'sequential',
    range: null,
    unit: '',
    needsTarget: true,
    needsLoss: true,
  },
  gradient: {
    title: 'gradient per pixel',
    meaning:
      'd loss / d logit of the foreground as training sees it, times the number of pixels. ' +
      'Positive where training pushes towards the background.',
    scale: 'diverging',
    range: null,
    unit: '',
    needsTarget: true,
    needsLoss: true,
  },
  edgeDistance: {
    title: 'distance to the edge',
    meaning: 'From each pixel to the nearest edge of the target.',
    scale: 'sequential',
    range: null,
    unit: 'px',
    needsTarget: true,
    needsLoss: false,
  },
} as const satisfies Record<string, QuantityDescription>;

export type QuantityName = keyof typeof quantities;

export const quantityNames = Object.keys(quantities) as QuantityName[];

/**
 * A quantity of every pixel, [H,W], or why there is none. Classes come as bytes. Never throws.
 * @param loss which loss, for the quantities that need one.
 */
export function quantityMap(
  map: MarginMap,
  name: QuantityName,
  loss?: LossSpec,
): PixelValues<Float32Array | Uint8Array> {
  switch (name) {
    case 'prediction':
      return { values: prediction(map), reason: null };
    case 'foreground':
      return { values: foregroundProbability(map), reason: null };
    case 'entropy':
      return { values: entropy(map), reason: null };
    case 'margin':
      return { values: map.margin, reason: null };
    case 'target':
      return ofTarget(map, ({ labels }) => labels);
    case 'outcome':
      return ofTarget(map, outcome);
    case 'pt':
      return ofTarget(map, trueProbability);
    case 'edgeDistance':
      return ofTarget(map, ({ labels, height, width }) => edgeDistance(labels, height, width));
    case 'loss':
    case 'effective':
    case 'gradient': {
      if (loss === undefined) return { values: null, reason: 'Choose a loss.' };
      const of = { loss: lossMap, effective: effectiveLossMap, gradient: gradientMap }[name];
      try {
        return of(map, loss);
      } catch (error) {
        // Options come from files and from whoever types them: whatever they are, the other maps are shown.
        return {
          values: null,
          reason: `This loss has no map: ${error instanceof Error ? error.message : String(error)}.`,
        };
      }
    }
  }
}

function ofTarget<T>(map: MarginMap, of: (map: LabelledMap) => T): PixelValues<T> {
  return isLabelled(map) ? { values: of(map), reason: null } : { values: null, reason: noTarget };
}
