import type { BenchCase } from './cases';

/**
 * What the measuring process asks of the process of either side: one JSON object a line on standard input, answered by one a
 * line on standard output. `bench/peers/torch_unet.py` speaks the same.
 */
export type BenchRequest =
  | { readonly do: 'prepare'; readonly case: BenchCase; readonly tile: number; readonly threads: number }
  /** `untimed` runs, then `runs` timed ones. */
  | { readonly do: 'step' | 'forward'; readonly untimed: number; readonly runs: number }
  | { readonly do: 'memory' };

export type BenchAnswer = PreparedAnswer | TimesAnswer | MemoryAnswer | { readonly error: string };

export interface PreparedAnswer {
  /** Trainable values of the network: both sides must have the same. */
  readonly parameters: number;
  readonly versions: Readonly<Record<string, string>>;
}

export interface TimesAnswer {
  /** Milliseconds of each timed run. */
  readonly milliseconds: readonly number[];
}

export interface MemoryAnswer {
  /** Largest resident size that the process has had, MiB. */
  readonly peak: number;
}
