import type { ScheduleConfig } from '../experiment/schema';

/**
 * The learning rate of a step. A warm-up first rises linearly from 0, with the full rate at its last step; the schedule
 * then runs over the steps that are left, as PyTorch's CosineAnnealingLR and PolynomialLR: it starts at the full rate and
 * would reach the final one in the step after the last.
 *
 * - `constant`: the full rate.
 * - `cosine`: half a cosine (Loshchilov & Hutter, "SGDR: Stochastic gradient descent with warm restarts", 2017).
 * - `poly`: (share of steps left)^power, power 0.9 by default (Chen et al., "DeepLab", 2017).
 *
 * @param base the full learning rate.
 * @param step number of the step, from 1 to totalSteps.
 */
export function learningRate(config: ScheduleConfig, base: number, step: number, totalSteps: number): number {
  const { type, warmupSteps, power = 0.9, final = 0 } = config;
  if (step <= warmupSteps) return (base * step) / warmupSteps;
  if (type === 'constant') return base;
  const done = (step - 1 - warmupSteps) / (totalSteps - warmupSteps);
  const left = type === 'cosine' ? (1 + Math.cos(Math.PI * done)) / 2 : (1 - done) ** power;
  return base * (final + (1 - final) * left);
}
