import { slug } from '../../runs/slug';
import type { LossSpec } from './lossSchema';

/**
 * A loss in words, as charts and tables show it: "cross-entropy", "cross-entropy 1:3", "focal γ=2 (detached)",
 * "dice + 0.5 × cross-entropy". Options at their defaults are left out; a `name` is not used here.
 */
export function lossLabel(spec: LossSpec): string {
  switch (spec.type) {
    case 'crossEntropy':
      return (
        `cross-entropy${weights(spec.classWeights)}` + (spec.labelSmoothing ? `, smoothing ${spec.labelSmoothing}` : '')
      );
    case 'focal':
      return (
        `focal γ=${spec.gamma ?? 2}${spec.alpha === undefined ? '' : ` α=${spec.alpha}`}${weights(spec.classWeights)}` +
        (spec.modulator === 'detached' ? ' (detached)' : '')
      );
    case 'dice': {
      const options = [
        spec.reduce === 'batch' ? 'over the batch' : '',
        spec.squared ? 'squared' : '',
        spec.includeBackground === false ? 'foreground only' : '',
        spec.smooth === undefined || spec.smooth === 1e-5 ? '' : `s=${spec.smooth}`,
      ].filter(Boolean);
      return options.length === 0 ? 'dice' : `dice (${options.join(', ')})`;
    }
    case 'sum':
      return spec.terms.map(term).join(' + ');
  }
}

/**
 * What a loss is called within its experiment: its `name`, else a slug of its words such as "cross-entropy-1-3" or
 * "focal-2-detached". The checks of an experiment make sure that no two of its losses share one.
 */
export function lossName(spec: LossSpec): string {
  return spec.name ?? slug(lossLabel(spec).replaceAll('γ=', '').replaceAll('α=', 'alpha '), 60);
}

function term(spec: LossSpec): string {
  const label = spec.type === 'sum' ? `(${lossLabel(spec)})` : lossLabel(spec);
  return spec.weight === undefined || spec.weight === 1 ? label : `${spec.weight} × ${label}`;
}

function weights(classWeights: readonly [number, number] | undefined): string {
  if (classWeights === undefined || (classWeights[0] === 1 && classWeights[1] === 1)) return '';
  return ` ${classWeights[0]}:${classWeights[1]}`;
}
