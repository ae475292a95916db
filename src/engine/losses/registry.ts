import { lossLabel } from '../experiment/lossLabel';
import type { LossSpec } from '../experiment/schema';
import { crossEntropy } from './crossEntropy';
import { dice } from './dice';
import { focal } from './focal';
import type { Loss, UnlabelledLoss } from './loss';
import { sum } from './sum';

/** The loss that a specification of the experiment file describes. */
export function createLoss(spec: LossSpec): Loss {
  return { label: lossLabel(spec), ...build(spec) };
}

function build(spec: LossSpec): UnlabelledLoss {
  switch (spec.type) {
    case 'crossEntropy':
      return crossEntropy(spec);
    case 'focal':
      return focal(spec);
    case 'dice':
      return dice(spec);
    case 'sum':
      return sum(spec.terms.map((term) => ({ weight: term.weight ?? 1, loss: build(term) })));
  }
}
