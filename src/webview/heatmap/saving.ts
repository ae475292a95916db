import { fileName } from '../kit/csv';
import type { HeatmapToHost, HeatmapToPanel } from '../protocol/heatmap';
import type { MessageHandler } from '../protocol/messageHandler';
import { colourMapOf } from './colours';
import type { TileData } from './tileData';
import { drawFigure, type FigureContent, forScreen, pngOf } from './exportView';
import { withText } from './pngText';
import { frameMilliseconds } from './scrubber';
import type { Stage } from './stage';
import { type HeatmapState, imageName } from './state';
import type { View } from './viewport';

type Host = Pick<MessageHandler<HeatmapToHost, HeatmapToPanel>, 'request'>;

/** A view that can be saved. */
export interface Savable {
  readonly content: FigureContent;
  readonly view: View;
  readonly data: readonly TileData[];
  /** Ends of the colours of each tile. */
  readonly ranges: readonly (readonly [number, number] | null)[];
  readonly state: HeatmapState;
}

/** Saves the view as PNG. Where it comes from, and where its maps lie in it, stands in the file as JSON under "losscape". */
export async function savePicture(host: Host, savable: Savable, stage: Stage): Promise<void> {
  const { canvas, maps } = drawFigure(savable.content, savable.view, stage.plot);
  const { data, ranges, state } = savable;
  const source = {
    image: state.image,
    maps: data.map(({ tile, network }, index) => ({
      run: tile.run.info.id,
      epoch: network && 'epoch' in network ? network.epoch : null,
      ...(tile.run.point ? { point: tile.run.point } : {}),
      quantity: tile.layer,
      loss: tile.loss?.spec ?? null,
      range: ranges[index],
      colours: tile.layer === 'photo' ? null : colourMapOf(tile.layer, state.colours),
      ...maps.find(({ tile: at }) => at === index),
    })),
  };
  const content = withText(await pngOf(canvas), 'losscape', JSON.stringify(source));
  await host.request('save', { name: nameOf(savable, 'png'), content });
}

/**
 * Saves every epoch of a view, one after the other, as an animated WebP.
 * @param show shows an epoch and resolves with what is then seen.
 * @param encoding all frames are there; making the file takes a while.
 */
export async function saveSequence(
  host: Host,
  epochs: readonly number[],
  stage: Stage,
  show: (epoch: number, done: number) => Promise<Savable>,
  encoding: () => void,
): Promise<void> {
  const frames: Uint8Array[] = [];
  let last: Savable | null = null;
  for (const [index, epoch] of epochs.entries()) {
    last = await show(epoch, index + 1);
    frames.push(await pngOf(drawFigure(last.content, last.view, stage.plot, forScreen).canvas));
  }
  if (last === null) return;
  encoding();
  await host.request('saveSequence', { name: nameOf(last, 'webp'), frames, milliseconds: frameMilliseconds });
}

function nameOf({ data, state, content }: Savable, ending: string): string {
  const layers = [...new Set(data.map(({ tile }) => tile.layer))].join(' ');
  const image = state.image ? imageName(state.image) : '';
  return fileName(
    `losscape ${layers} ${image}${ending === 'png' ? ` ${content.title.split(' ').slice(-2).join(' ')}` : ''}`,
    ending,
  );
}
