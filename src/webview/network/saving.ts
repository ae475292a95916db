import { fileName } from '../kit/csv';
import type { ImageReference } from '../protocol/network';
import type { ExportedFile } from '../protocol/run';
import type { AscentResult, AscentSubject } from './ascent';
import { factsCsv, figurePng } from './exporting';
import { coloursOf, ordered, ownRange } from './features';
import { imageName } from './images';
import { threeDigits } from './matrix';
import type { NetworkState } from './state';
import { headline, type Shown } from './words';

/** What is saved, and where it comes from. */
export interface Savable {
  readonly shown: Shown;
  readonly image: ImageReference;
  readonly state: NetworkState;
  /** The loss of the run, in words. */
  readonly loss: string;
}

/** All maps of a layer as PNG. @param pictures of the maps, in the order of the grid. */
export async function mapsPng(
  { shown, image, state, loss }: Savable,
  pictures: readonly HTMLCanvasElement[],
): Promise<ExportedFile> {
  const { maps, layer, ends, facts } = shown;
  const name = imageName(image);
  const content = await figurePng({
    title: headline(shown),
    subtitle: `${name} after epoch ${maps.epoch}, trained with ${loss}${state.range === 'own' ? '; each map with colours of its own' : ''}`,
    panes: ordered(facts, state.order).map(({ channel, silent, reach }, i) => ({
      picture: pictures[i]!,
      title: `${channel}${silent ? ' (silent)' : state.range === 'own' ? `: to ${threeDigits(reach)}` : ''}`,
      silent,
    })),
    bar: state.range === 'own' ? null : { range: ends, colours: coloursOf(layer.relu), name: 'answer' },
    side: pictures.length > 80 ? 64 : pictures.length > 20 ? 110 : 180,
  });
  return { name: fileName(`losscape ${layer.name} ${name} epoch ${maps.epoch}`, 'png'), content };
}

/** Photograph, map, and the picture that the map answers to most, as PNG. */
export async function picturePng(
  { shown, image, state, loss }: Savable,
  { channel, layer, epoch, settings }: AscentSubject,
  result: AscentResult,
  [photo, map, picture]: readonly [HTMLCanvasElement, HTMLCanvasElement, HTMLCanvasElement],
): Promise<ExportedFile> {
  const { relu } = shown.layer;
  const range = state.range === 'own' ? ownRange(shown.facts[channel]!, relu) : shown.ends;
  const { steps, jitter, blur, totalVariation, decay, seed } = settings;
  const content = await figurePng({
    title: `Map ${channel} of ${layer} after epoch ${epoch}`,
    subtitle:
      `trained with ${loss}; ${result.steps} of ${steps} steps, jitter ${jitter}, blur ${blur}, ` +
      `total variation ${totalVariation}, decay ${decay}, seed ${seed}${relu ? `, mean ${settings.relu} the ReLU` : ''}`,
    panes: [
      { picture: photo, title: imageName(image) },
      { picture: map, title: 'its answer there' },
      { picture, title: 'what it answers to most' },
    ],
    bar: { range, colours: coloursOf(relu), name: 'answer' },
    side: 320,
  });
  return { name: fileName(`losscape ${layer} map ${channel} epoch ${epoch}`, 'png'), content };
}

/** The numbers of every map as CSV. @param dead by the last measurement; null when there is none. */
export function mapsCsv({ shown, image }: Savable, dead: ReadonlySet<number> | null): ExportedFile {
  const { maps, layer, facts } = shown;
  const name = imageName(image);
  return {
    name: fileName(`losscape ${layer.name} ${name} epoch ${maps.epoch}`, 'csv'),
    content: factsCsv(layer.name, maps.epoch, name, facts, dead),
  };
}
