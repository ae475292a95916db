import { describe, expect, it } from 'vitest';
import type { ScheduleConfig } from '../../../src/engine/experiment/schema';
import { learningRate } from '../../../src/engine/training/schedules';

const rates = (config: ScheduleConfig, base: number, total: number): number[] =>
  Array.from({ length: total }, (_, i) => learningRate(config, base, i + 1, total));

const expectClose = (actual: number[], expected: number[]): void => {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 10));
};

describe('learningRate', () => {
  it('stays where it is', () => {
    expect(rates({ type: 'constant', warmupSteps: 0 }, 0.1, 3)).toEqual([0.1, 0.1, 0.1]);
  });

  it('warms up linearly and reaches the full rate at the last step of the warm-up', () => {
    expectClose(rates({ type: 'constant', warmupSteps: 4 }, 0.1, 6), [0.025, 0.05, 0.075, 0.1, 0.1, 0.1]);
  });

  it('follows half a cosine, as CosineAnnealingLR(T_max=4) of PyTorch 2.13', () => {
    expectClose(
      rates({ type: 'cosine', warmupSteps: 0 }, 0.1, 4),
      [0.1, 0.08535533905932738, 0.05, 0.014644660940672627],
    );
  });

  it('follows half a cosine to a final rate, as CosineAnnealingLR(T_max=4, eta_min=0.02) of PyTorch 2.13', () => {
    expectClose(
      rates({ type: 'cosine', warmupSteps: 0, final: 0.2 }, 0.1, 4),
      [0.1, 0.08828427124746191, 0.06, 0.031715728752538105],
    );
  });

  it('follows a power of what is left, as PolynomialLR(total_iters=4, power=0.9) of PyTorch 2.13', () => {
    expectClose(
      rates({ type: 'poly', warmupSteps: 0 }, 0.1, 4),
      [0.1, 0.07718895067235705, 0.05358867312681466, 0.028717458874925876],
    );
  });

  it('starts the schedule after the warm-up', () => {
    expectClose(rates({ type: 'poly', warmupSteps: 2, power: 1, final: 0.5 }, 1, 6), [0.5, 1, 1, 0.875, 0.75, 0.625]);
  });

  it('never leaves the range between the final and the full rate, even if the warm-up is as long as the run', () => {
    expectClose(rates({ type: 'cosine', warmupSteps: 3 }, 1, 3), [1 / 3, 2 / 3, 1]);
    expectClose(rates({ type: 'cosine', warmupSteps: 9 }, 1, 3), [1 / 9, 2 / 9, 3 / 9]);
  });
});
