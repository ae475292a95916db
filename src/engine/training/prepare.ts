import type { ImageHashes } from '../../runs/imageHashes';
import { PairCache } from '../data/cache';
import { datasetHashes, fingerprintOf } from '../data/fingerprint';
import { type DatasetInspection, inspectDataset } from '../data/inspect';
import type { Experiment } from '../experiment/schema';

/** A data set that has been checked, with the cache that its images are read through. */
export interface PreparedDataset {
  readonly inspection: DatasetInspection;
  readonly cache: PairCache;
  /** What each image and mask holds. */
  readonly hashes: readonly ImageHashes[];
  readonly fingerprint: string;
}

/**
 * Checks everything about an experiment's data before anything is trained.
 * @throws Problem for bad input: see `inspectDataset`.
 */
export async function prepareDataset(
  experiment: Experiment,
  onProgress?: (done: number, total: number) => void,
): Promise<PreparedDataset> {
  const { dataset, model, input, training } = experiment;
  const cache = new PairCache(dataset, model.channels);
  const inspection = await inspectDataset(dataset, model, input, { evaluate: training.evaluate, cache, onProgress });
  const hashes = await datasetHashes(inspection);
  return { inspection, cache, hashes, fingerprint: fingerprintOf(hashes) };
}
