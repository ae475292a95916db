import type { LossSpec } from './lossSchema';

/** What the study descended under: cross-entropy weighted .3 to .9, and focal losses whose modulator is detached. */
export const studyLosses: readonly LossSpec[] = [
  { type: 'crossEntropy', classWeights: [0.3, 0.9] },
  ...[1, 2, 3, 5].map((gamma): LossSpec => ({ type: 'focal', gamma, modulator: 'detached' })),
];
