import type { ModelConfig } from '../src/engine/experiment/schema';

/** One network and one batch size to measure. */
export interface BenchCase {
  readonly name: string;
  readonly model: ModelConfig;
  /** Side of the square whose pixels get an answer: what a `same` network reads, what a `valid` one puts out. */
  readonly size: number;
  readonly batch: number;
}

const unet = (filters: number, padding: 'same' | 'valid'): ModelConfig => ({
  filters,
  depth: 4,
  padding,
  classes: 2,
  channels: 3,
});

export const cases: readonly BenchCase[] = [
  { name: '128x128, 16 filters, depth 4, batch 4', model: unet(16, 'same'), size: 128, batch: 4 },
  { name: '256x256, 32 filters, depth 4, batch 2', model: unet(32, 'same'), size: 256, batch: 2 },
  { name: 'study: 572 -> 388 valid, 32 filters, depth 4, batch 1', model: unet(32, 'valid'), size: 388, batch: 1 },
];
