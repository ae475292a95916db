import { PairCache } from '../data/cache';
import { datasetFingerprint } from '../data/fingerprint';
import { type DatasetInspection, inspectDataset } from '../data/inspect';
import type { Experiment } from '../experiment/schema';

/** A data set that has been checked, with the cache that its images are read through. */
export interface PreparedDataset {
  readonly inspection: DatasetInspection;
  readonly cache: PairCache;
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
  return { inspection, cache, fingerprint: await datasetFingerprint(inspection) };
}
