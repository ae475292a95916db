import { Problem } from '../../runs/problem';
import type { TrainingConfig } from '../experiment/schema';

/** What is said of a step after which the loss or the weights are no longer numbers, with what is left and the way out. */
export function divergence(loss: number, step: number, epoch: number, { checkpointEvery }: TrainingConfig): Problem {
  const checkpoint = epoch - 1 - ((epoch - 1) % checkpointEvery);
  const what = Number.isFinite(loss) ? 'the weights are no longer finite numbers' : `the loss is ${loss}`;
  const kept = checkpoint > 0 ? `The checkpoint of epoch ${checkpoint} is kept. ` : '';
  return new Problem(`training diverged: in step ${step} (epoch ${epoch}) ${what}`, {
    hint: `${kept}Try a smaller learning rate, a warm-up ("schedule": { "warmupSteps": 100 }), or the "he" initializer.`,
    exitCode: 1,
  });
}
