import type { LossSpec } from '../../engine/experiment/schema';
import { t } from '../text';

/** What a hover says about a loss: formulas as plain text, one sentence for each option in effect, and the papers. */
export interface LossFormula {
  readonly formulas: readonly string[];
  readonly notes: readonly string[];
  readonly papers: readonly Paper[];
}

export interface Paper {
  readonly title: string;
  readonly url: string;
}

const papers = {
  unet: {
    title: 'Ronneberger, Fischer, Brox: U-Net: convolutional networks for biomedical image segmentation, 2015',
    url: 'https://arxiv.org/abs/1505.04597',
  },
  smoothing: {
    title: 'Szegedy et al.: Rethinking the Inception architecture for computer vision, 2016',
    url: 'https://arxiv.org/abs/1512.00567',
  },
  focal: {
    title: 'Lin et al.: Focal loss for dense object detection, 2017',
    url: 'https://arxiv.org/abs/1708.02002',
  },
  dice: {
    title: 'Milletari, Navab, Ahmadi: V-Net: fully convolutional neural networks for volumetric segmentation, 2016',
    url: 'https://arxiv.org/abs/1606.04797',
  },
} satisfies Record<string, Paper>;

/** The formulas of a loss with its own numbers in them. pt: softmax probability of a pixel's true class; x: its logit minus that of the other class. */
export function lossFormula(spec: LossSpec): LossFormula {
  switch (spec.type) {
    case 'crossEntropy':
      return crossEntropy(spec);
    case 'focal':
      return focal(spec);
    case 'dice':
      return dice(spec);
    case 'sum':
      return sum(spec);
  }
}

function crossEntropy(spec: Extract<LossSpec, { type: 'crossEntropy' }>): LossFormula {
  const e = spec.labelSmoothing ?? 0;
  const pixel = e === 0 ? '−log pt' : `−${number(1 - e / 2)} log pt − ${number(e / 2)} log(1 − pt)`;
  const weighted = isWeighted(spec.classWeights);
  return {
    formulas: [
      weighted ? `L = Σ w · (${pixel}) / Σ w` : `L = mean(${pixel})`,
      e === 0 ? `∂L/∂x ∝ −${weighted ? 'w · ' : ''}(1 − pt)` : `∂L/∂x ∝ pt − ${number(1 - e / 2)}`,
    ],
    notes: [
      ...weightNote(spec.classWeights),
      ...(e === 0 ? [] : [t('{0} of the target is spread evenly over both classes.', number(e))]),
    ],
    papers: [papers.unet, ...(e === 0 ? [] : [papers.smoothing])],
  };
}

function focal(spec: Extract<LossSpec, { type: 'focal' }>): LossFormula {
  const g = number(spec.gamma ?? 2);
  const factor = [isWeighted(spec.classWeights) ? 'w · ' : '', spec.alpha === undefined ? '' : 'α · '].join('');
  const detached = spec.modulator === 'detached';
  const slope = detached ? `−${factor}(1 − pt)^(${g} + 1)` : `${factor}(1 − pt)^${g} · (${g} · pt · log pt − (1 − pt))`;
  return {
    formulas: [`L = mean(${factor}(1 − pt)^${g} · −log pt)`, `∂L/∂x ∝ ${slope}`],
    notes: [
      ...weightNote(spec.classWeights),
      ...(spec.alpha === undefined
        ? []
        : [t('α = {0} for the foreground, {1} for the background.', number(spec.alpha), number(1 - spec.alpha))]),
      ...(detached
        ? [
            t(
              'The factor (1 − pt)^{0} is a constant to the gradient: the loss that is reported is not the loss that is descended.',
              g,
            ),
          ]
        : []),
      ...((spec.gamma ?? 2) === 0 ? [t('With γ = 0 this is cross-entropy.')] : []),
    ],
    papers: [papers.focal],
  };
}

function dice(spec: Extract<LossSpec, { type: 'dice' }>): LossFormula {
  const s = number(spec.smooth ?? 1e-5);
  const below = spec.squared ? `Σ p² + Σ t²` : `Σ p + Σ t`;
  return {
    formulas: [`L = mean(1 − (2 Σ p·t + ${s}) / (${below} + ${s}))`],
    notes: [
      spec.reduce === 'batch'
        ? t('The sums run over the whole batch.')
        : t('The sums run over each image; the mean is over the images.'),
      spec.includeBackground === false
        ? t('Only the foreground counts.')
        : t('Background and foreground count equally, however many pixels they have.'),
    ],
    papers: [papers.dice],
  };
}

function sum(spec: Extract<LossSpec, { type: 'sum' }>): LossFormula {
  const terms = spec.terms.map((term) => ({ weight: term.weight ?? 1, ...lossFormula(term) }));
  const all = terms.flatMap((term) => term.papers);
  return {
    formulas: [
      `L = ${terms.map(({ weight }, i) => `${weight === 1 ? '' : `${number(weight)} · `}L${i + 1}`).join(' + ')}`,
      ...terms.map(({ formulas }, i) => (formulas[0] ?? '').replace(/^L/, `L${i + 1}`)),
    ],
    notes: [...new Set(terms.flatMap((term) => term.notes))],
    papers: all.filter((paper, i) => all.indexOf(paper) === i),
  };
}

function isWeighted(weights: readonly [number, number] | undefined): boolean {
  return weights !== undefined && (weights[0] !== 1 || weights[1] !== 1);
}

function weightNote(weights: readonly [number, number] | undefined): string[] {
  if (weights === undefined || !isWeighted(weights)) return [];
  return [t('w = {0} for background pixels, {1} for foreground pixels.', number(weights[0]), number(weights[1]))];
}

/** A number without the noise of binary fractions: 0.95, 1e-5. */
function number(value: number): string {
  return String(Number(value.toPrecision(6)));
}
