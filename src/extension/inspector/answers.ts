import type { Answer } from '../../engine/insight/protocol';
import type { NetworkFeatures, NetworkImage, NetworkPicture, NetworkWeights } from '../../webview/protocol/network';

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
