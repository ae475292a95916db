import type { LayerDescription, NetworkFeatures, NetworkImage, NetworkRun } from '../protocol/network';
import type { Asked } from './answers';
import { type MapFacts, shownShare } from './features';
import type { NetworkState, RangeMode } from './state';

/** What is on the screen: kept until what was asked for is there. */
export interface Shown {
  readonly maps: NetworkFeatures;
  readonly layer: LayerDescription;
  readonly facts: readonly MapFacts[];
  /** Ends that all maps share. */
  readonly ends: readonly [number, number];
}

export const noCheckpoint =
  'This run has no checkpoint yet, so there is no network to look into. One is written after the first epoch, if training keeps checkpoints.';

/** "encoder.0.conv1: 32 feature maps of 428 × 569" */
export function headline({ maps: { shape }, layer }: Shown): string {
  return `${layer.name}: ${shape[0]} feature ${shape[0] === 1 ? 'map' : 'maps'} of ${shape[1]} × ${shape[2]}`;
}

/** What the maps are, how they are coloured, and which of them say nothing. */
export function captionOf(
  { maps: { note }, layer, facts: numbers }: Shown,
  range: RangeMode,
  dead: ReadonlySet<number>,
): string {
  const silent = numbers.filter((one) => one.silent).length;
  const within = `${100 * shownShare} % of the values other than 0 lie within`;
  const scale =
    range === 'own'
      ? `Each map has colours of its own, which end at the number below it: ${within}.`
      : range === 'fixed'
        ? 'Colours stay as they are while epochs change.'
        : `All maps have the same colours, which end where ${within}.`;
  return [
    layer.relu
      ? 'What each filter answers at each place of the image, after the ReLU.'
      : 'What each filter answers at each place of the image; no ReLU follows: blue is negative, red positive.',
    layer.name === 'head' ? 'Map 0 is the logit of the background, map 1 that of the foreground.' : '',
    scale,
    `${silent} of ${numbers.length} are silent: 0 everywhere on this image.`,
    dead.size > 0
      ? `${dead.size} are dead: 0 everywhere on the training images that were measured (last checkpoint).`
      : '',
    note ?? '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** Why what is looked at cannot be shown; null when nothing stands in its way. */
export function failureOf(
  asked: Pick<Asked, 'layersFailed' | 'image' | 'features'> | null,
  run: Pick<NetworkRun, 'epochs'>,
  { image }: Pick<NetworkState, 'image'>,
): string | null {
  if (asked === null) return null;
  if (run.epochs.length === 0) return noCheckpoint;
  if (image === null) return 'This run names no images. Choose an image file above.';
  const failed = [asked.image, asked.features].find((one) => one?.state === 'failed');
  return asked.layersFailed ?? (failed?.state === 'failed' ? failed.message : null);
}

/** What is being waited for while nothing is shown; empty when it is nothing. */
export function waitingWord(asked: Pick<Asked, 'layers'> | null, { epochs }: Pick<NetworkRun, 'epochs'>): string {
  if (asked === null) return '';
  if (asked.layers.length === 0) return 'Reading the network …';
  return epochs.length > 0 ? 'Running the network over the image …' : '';
}

export const untrusted =
  'This workspace is not trusted, so the network cannot be run. Trust it (Manage Workspace Trust) to look inside.';

/** What the user has to know about what is shown. @param layers of the network, as far as they are known. */
export function noticesOf(
  run: { readonly info: Pick<NetworkRun['info'], 'problem'> },
  image: Pick<NetworkImage, 'changed' | 'notes'> | null,
  layer: string | null,
  layers: readonly LayerDescription[] | null | undefined,
): string[] {
  const unknown = layers && layer !== null && !layers.some(({ name }) => name === layer);
  return [
    ...(run.info.problem ? [run.info.problem] : []),
    ...(unknown ? [`This network has no layer “${layer}”; its first one is shown.`] : []),
    ...(image?.changed ? [image.changed] : []),
    ...(image?.notes ?? []),
  ];
}

/** What must be seen at once about the image and the data. */
export function badges(run: NetworkRun, image: NetworkImage | null): string[] {
  return [
    ...(image?.split ? [`${image.split} image`] : image ? ['not of the data set'] : []),
    ...(run.info.synthetic ? ['synthetic data'] : []),
  ];
}

/** What went wrong as a sentence that stands alone. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?)]$/.test(text) ? '' : '.'}`;
}
