import type { DescentDocument } from '../../../runs/descentDocument';
import type { DescentRow } from '../../../runs/descentTable';
import type { RunStatus } from '../../../runs/document';

/** What a descending process tells whoever watches it, in the order in which it happens. `descent` is its id. */
export type DescentEvent =
  /** Its folder exists and its first step is about to be taken. */
  | { type: 'started'; folder: string; document: DescentDocument }
  /** The network after some steps under one loss (0: the one that it begins with) has been measured. */
  | {
      type: 'step';
      descent: string;
      row: DescentRow;
      /** Number of the loss, from 1, of how many; and steps under each. */
      loss: number;
      losses: number;
      steps: number;
      stepsPerSecond: number;
      /** Seconds until all losses are done. */
      etaSeconds: number;
    }
  | { type: 'frame'; descent: string; loss: string; step: number; file: string }
  | { type: 'log'; descent: string; message: string }
  /** It has come to its end, whichever it is; nothing more follows. */
  | { type: 'ended'; descent: string; status: RunStatus; folder: string; document: DescentDocument };
