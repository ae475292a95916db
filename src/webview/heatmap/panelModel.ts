import { quantities, type RectangleStatistics } from '../../engine/insight/maps';
import { valueText } from '../kit/format';
import { namesOf } from '../kit/runs';
import type { HeatmapRun, ImageReference } from '../protocol/heatmap';
import type { TileData } from './tileData';
import { classNames } from './layers';
import { placeText, pointName } from './points';
import { quickStatistics } from './quickStatistics';
import { type HeatmapState, imageName, ofImage } from './state';
import { pixelAt, type Place } from './viewport';

/** One of a list to choose from. */
interface Choice {
  readonly value: string;
  readonly text: string;
}

/** A run with the name that tells it apart. */
export interface Named {
  readonly run: HeatmapRun;
  readonly name: string;
}

/** Gives runs the names that tell them apart, and points where they are. */
export function named(all: readonly HeatmapRun[]): Named[] {
  const runs = all.filter(({ point }) => point === null);
  const names = namesOf(runs);
  return all.map((run) => ({ run, name: run.point ? pointName(run, run.point) : names[runs.indexOf(run)]! }));
}

/** The images that can be chosen: those of the runs, test images first, and the file that is looked at. */
export function imageChoices(runs: readonly HeatmapRun[], image: ImageReference | null): Choice[] {
  const choices = new Map<string, string>();
  const add = (reference: ImageReference, text: string): void => {
    const value = JSON.stringify(reference);
    if (!choices.has(value)) choices.set(value, text);
  };
  for (const split of ['test', 'train'] as const) {
    for (const run of runs) for (const name of run.images[split]) add({ name, split }, `${name} (${split})`);
  }
  if (image) {
    const split = 'name' in image ? image.split : undefined;
    add(image, 'path' in image ? `${imageName(image)} (file)` : `${image.name}${split ? ` (${split})` : ''}`);
  }
  return [...choices].map(([value, text]) => ({ value, text }));
}

/** The image before or after one in the list, round and round. */
export function nextImage(
  runs: readonly HeatmapRun[],
  image: ImageReference | null,
  by: number,
): ImageReference | null {
  const choices = imageChoices(runs, image);
  const at = choices.findIndex(({ value }) => value === JSON.stringify(image));
  const next = choices[(at + by + choices.length) % Math.max(1, choices.length)];
  return next ? (JSON.parse(next.value) as ImageReference) : null;
}

/** An image by name as the list of images has it: with its split. */
export function listedImage(runs: readonly HeatmapRun[], image: ImageReference): ImageReference {
  if (!('name' in image) || image.split) return image;
  for (const split of ['test', 'train'] as const) {
    if (runs.some((run) => run.images[split].includes(image.name))) return { name: image.name, split };
  }
  return image;
}

/** The image that is shown first: the first that was not trained on. */
export function firstImage(runs: readonly HeatmapRun[]): ImageReference | null {
  for (const split of ['test', 'train'] as const) {
    const name = runs.find((run) => run.images[split].length > 0)?.images[split][0];
    if (name !== undefined) return { name, split };
  }
  return null;
}

/** What must be known about what is shown, each thing once: other epochs than asked for, images that have changed. */
export function noticesOf(
  data: readonly TileData[],
  names: readonly Named[],
  epoch: number | null,
  leftOut: number,
): string[] {
  const notices = new Set<string>();
  const nameOf = (folder: string): string => names.find(({ run }) => run.info.folder === folder)?.name ?? folder;
  for (const { tile, image, margin, network } of data) {
    if (image.state === 'ready') {
      if (image.value.changed !== null) notices.add(image.value.changed);
      for (const note of image.value.notes) notices.add(note);
    }
    const name = nameOf(tile.run.info.folder);
    const shown = network && 'epoch' in network ? network.epoch : epoch;
    if (shown !== null && epoch !== null && shown !== epoch && !ofImage.has(tile.layer)) {
      notices.add(`${name} kept no weights of epoch ${epoch}: epoch ${shown} is shown, the nearest it has.`);
    }
    if (margin?.state === 'ready' && margin.value.note !== null) notices.add(`${name}: ${margin.value.note}`);
  }
  if (leftOut > 0)
    notices.add(`Six maps are shown; ${leftOut} more would follow. Take away a layer, a run or a loss to see them.`);
  return [...notices];
}

/** The losses that are drawn: the chosen ones, or those that the shown runs were trained with. */
export function shownLosses(runs: readonly HeatmapRun[], state: HeatmapState): readonly string[] {
  if (state.losses.length > 0) return state.losses;
  const own = runs.filter(({ info }) => state.runs.includes(info.folder)).map(({ trainedWith }) => trainedWith);
  return [...new Set(own)];
}

/** What the maps are of, in a line under the title. */
export function aboutRuns(runs: readonly HeatmapRun[], { runs: shown }: HeatmapState): string {
  const experiments = [...new Set(runs.map(({ info }) => info.experiment))].filter(Boolean);
  const [only, another] = runs.filter(({ info }) => shown.includes(info.folder));
  const what = only && another === undefined ? aboutOne(only) : countText(shown, runs);
  return [experiments.length === 1 ? `experiment ${experiments[0]}` : '', what].filter(Boolean).join(' · ');
}

function aboutOne({ info, point }: HeatmapRun): string {
  return point ? `the network at ${placeText(point)}, which lies in the run ${info.id}` : `trained with ${info.loss}`;
}

function countText(shown: readonly string[], runs: readonly HeatmapRun[]): string {
  const points = runs.filter(({ info, point }) => point !== null && shown.includes(info.folder)).length;
  const count = (many: number, word: string) => `${many} ${word}${many === 1 ? '' : 's'}`;
  const of = shown.length - points;
  return [...(of > 0 ? [count(of, 'run')] : []), ...(points > 0 ? [`${count(points, 'point')} of surfaces`] : [])].join(
    ' and ',
  );
}

/** What must be seen at once about the image and the data. */
export function badgesOf(data: readonly TileData[], runs: readonly HeatmapRun[], { image }: HeatmapState): string[] {
  const ready = data.find((one) => one.image.state === 'ready')?.image;
  const split = ready?.state === 'ready' ? ready.value.split : null;
  return [
    ...(split ? [`${split} image`] : image && 'path' in image ? ['not of the data set'] : []),
    ...(runs.some(({ info }) => info.synthetic) ? ['synthetic data'] : []),
  ];
}

/** A tile's value at a place, in few words: for the tip beside the pointer. */
export function tipOf({ tile, image, margin, values }: TileData, place: Place): string | null {
  if (image.state !== 'ready') return null;
  const { row, column } = pixelAt(place, image.value);
  const where = `row ${row}, column ${column}`;
  const region =
    margin?.state === 'ready'
      ? margin.value
      : { left: 0, top: 0, width: image.value.width, height: image.value.height };
  const [down, across] = [row - region.top, column - region.left];
  if (tile.layer === 'photo' || values === null) return where;
  if (down < 0 || across < 0 || down >= region.height || across >= region.width) return where;
  const value = values[down * region.width + across]!;
  const names = classNames[tile.layer];
  if (names) return `${names[value]?.[0] ?? (tile.layer === 'outcome' ? 'true negative' : 'background')} · ${where}`;
  return `${quantities[tile.layer].title} ${valueText(value, 3)} · ${where}`;
}

/** Statistics of a tile's values in a rectangle of the image, or in all of it; null where there are none. */
export function statisticsOf(
  data: TileData,
  labels: Uint8Array | null,
  region: readonly [Place, Place] | null,
): RectangleStatistics | null {
  const { values, tile, image, margin } = data;
  if (tile.layer === 'photo' || values === null || image.state !== 'ready') return null;
  if (quantities[tile.layer].scale === 'classes') return null;
  const { width, height } = image.value;
  const from = margin?.state === 'ready' ? margin.value : { left: 0, top: 0, width, height };
  const [a, b] = region ?? [
    { x: 0, y: 0 },
    { x: 1, y: 1 },
  ];
  const left = Math.floor(Math.min(a.x, b.x) * width);
  const top = Math.floor(Math.min(a.y, b.y) * height);
  const right = Math.ceil(Math.max(a.x, b.x) * width);
  const bottom = Math.ceil(Math.max(a.y, b.y) * height);
  return quickStatistics(values, labels, from.width, {
    left: left - from.left,
    top: top - from.top,
    width: right - left,
    height: bottom - top,
  });
}
