import type { LossSpec } from '../src/engine/experiment/schema';
import type { BenchCase } from './cases';
import type { MemoryAnswer, PreparedAnswer, TimesAnswer } from './protocol';

export interface PrepareRequest {
  readonly do: 'prepare';
  /** For the peer: the network and the size of the images. */
  readonly case: BenchCase;
  /** For ours: a run folder. */
  readonly run: string;
  readonly images: number;
  readonly threads: number;
  /** For ours: all threads on one batch of images, instead of a batch for each. */
  readonly oneLane: boolean;
  /** How many losses of the run's experiment, and which others. */
  readonly losses: number;
  readonly more: readonly LossSpec[];
  /** Images that pass through the peer's network together. */
  readonly together: number;
}

/** What the measuring process asks of either side, a JSON object a line; `torch_surface.py` answers the same. */
export type SurfaceRequest =
  | PrepareRequest
  | { readonly do: 'times'; readonly untimed: number; readonly runs: number }
  | { readonly do: 'memory' };

export type SurfaceAnswer = PreparedAnswer | TimesAnswer | MemoryAnswer | { readonly error: string };
