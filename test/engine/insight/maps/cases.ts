import { randomFor } from '../../../../src/engine/data/random';
import type { LossSpec } from '../../../../src/engine/experiment/schema';
import type { LabelledMap } from '../../../../src/engine/insight/maps';

/** Every family and option, alone and added up. */
export const lossSpecs: LossSpec[] = [
  { type: 'crossEntropy' },
  { type: 'crossEntropy', classWeights: [1, 3] },
  { type: 'crossEntropy', labelSmoothing: 0.2 },
  { type: 'crossEntropy', classWeights: [0.3, 0.9], labelSmoothing: 0.1 },
  { type: 'focal' },
  { type: 'focal', gamma: 0 },
  { type: 'focal', gamma: 0.5, alpha: 0.25 },
  { type: 'focal', gamma: 3, classWeights: [2, 1] },
  { type: 'focal', gamma: 1, modulator: 'detached' },
  { type: 'focal', gamma: 5, modulator: 'detached', classWeights: [1, 4] },
  { type: 'dice' },
  { type: 'dice', reduce: 'batch', smooth: 1 },
  { type: 'dice', squared: true },
  { type: 'dice', includeBackground: false, squared: true, smooth: 0 },
  { type: 'dice', includeBackground: false },
  {
    type: 'sum',
    terms: [
      { type: 'focal', gamma: 2, modulator: 'detached', weight: 0.3 },
      { type: 'crossEntropy', classWeights: [1, 2] },
    ],
  },
  {
    type: 'sum',
    terms: [
      { type: 'dice' },
      {
        type: 'sum',
        weight: 0.5,
        terms: [
          { type: 'crossEntropy', classWeights: [1, 2], weight: 2 },
          { type: 'dice', squared: true },
        ],
      },
    ],
  },
];

/** An image with a foreground disc and margins around `spread` that are mostly right. */
export function discImage(height: number, width: number, spread: number, seed: number): LabelledMap {
  const random = randomFor(seed, 'maps');
  const margin = new Float32Array(height * width);
  const labels = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      labels[i] = Math.hypot(y - height / 2, x - width / 3) < height / 4 ? 1 : 0;
      margin[i] = spread * (random.normal() + (labels[i] === 1 ? 1 : -1));
    }
  }
  return { height, width, margin, labels };
}
