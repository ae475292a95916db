import type { Answer } from '../../engine/insight/protocol';
import type {
  NetworkFeatures,
  NetworkImage,
  NetworkPicture,
  NetworkRun,
  NetworkWeights,
} from '../../webview/protocol/network';
import { runVersion } from '../inspector/inspectedRun';
import type { RunRecord } from '../runs/runStore';
import { checkpointEpochs } from './heatmapRuns';
import { runInfo } from './runSeries';

/** The run of a panel as its page takes it; null when it is gone or cannot be read. */
export async function networkRun(record: RunRecord | undefined): Promise<NetworkRun | null> {
  if (!record?.entry.ok) return null;
  const { document } = record.entry;
  const model = (document.experiment as { model?: { padding?: unknown } } | null)?.model;
  return {
    info: runInfo(record, []),
    epochs: await checkpointEpochs(record.folder),
    images: { train: document.dataset.train, test: document.dataset.test },
    padding: model?.padding === 'valid' ? 'valid' : 'same',
    version: runVersion(document),
  };
}

/** An image as the page takes it. */
export function imageOf({ result, arrays }: Answer<'image'>): NetworkImage {
  return { ...result, photo: arrays.photo.values, labels: arrays.labels?.values ?? null };
}

/** A layer's answer as the page takes it. */
export function featuresOf({ result, arrays }: Answer<'activations'>): NetworkFeatures {
  const { shape, values } = arrays.features;
  return { ...result, features: values, shape: [shape[0]!, shape[1]!, shape[2]!] };
}

/** A picture of a feature map as the page takes it. */
export function pictureOf({ result, arrays }: Answer<'visualise'>): NetworkPicture {
  return { ...result, picture: arrays.picture.values };
}

/** What became of the weights as the page takes it. */
export function weightsOf({ result, arrays }: Answer<'weightStatistics'>): NetworkWeights {
  return {
    ...result,
    stepChanges: arrays.stepChanges.values,
    norms: arrays.norms.values,
    biasNorms: arrays.biasNorms.values,
    changes: arrays.changes.values,
    deadFilters: arrays.deadFilters.values,
    active: arrays.active.values,
  };
}
