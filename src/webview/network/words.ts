import type { LayerDescription, NetworkFeatures, NetworkImage, NetworkRun } from '../protocol/network';
import { type MapFacts, shownShare } from './features';
import type { RangeMode } from './state';

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
