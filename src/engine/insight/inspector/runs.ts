import type { RunDocument } from '../../../runs/document';
import { readRunDocument } from '../../../runs/document';
import { Problem } from '../../../runs/problem';
import type { Experiment } from '../../experiment/schema';

/** A run as it is now. */
export interface InspectedRun {
  /** Absolute path. */
  readonly folder: string;
  readonly document: RunDocument;
  readonly experiment: Experiment;
}

/**
 * A run by its folder. It is read anew each time: it may be training.
 * @throws Problem in words when the folder is no run, half-written, or of a newer format.
 */
export async function readInspectedRun(folder: string): Promise<InspectedRun> {
  const read = await readRunDocument(folder);
  if (!read.ok) {
    const newer = /newer/.test(read.reason);
    throw new Problem(`the run cannot be read: ${read.reason}`, {
      place: { file: folder },
      hint: newer ? 'Update Losscape to look at it.' : 'Was it moved or removed? Refresh the list of runs.',
    });
  }
  return { folder, document: read.document, experiment: read.document.experiment as Experiment };
}
