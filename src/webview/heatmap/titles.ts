import type { ImageReference, SurfacePoint } from '../protocol/heatmap';
import { layerNames } from './layers';
import { placeText } from './points';
import { imageName, type LayerId, ofImage, type Tile } from './state';

/** What tells the tiles apart, and nothing that they share; the whole of it where there is one tile. */
export function tileTitles(tiles: readonly Tile[], names: ReadonlyMap<string, string>): string[] {
  const differs = <Key>(of: (tile: Tile) => Key): boolean => new Set(tiles.map(of)).size > 1;
  const [runs, layers, losses] = [
    differs(({ run }) => run.info.folder),
    differs(({ layer }) => layer),
    differs(({ loss }) => loss?.key ?? null),
  ];
  return tiles.map(({ run, layer, loss }) => {
    const name = runs && !ofImage.has(layer) ? [names.get(run.info.folder) ?? run.info.id] : [];
    // One bar says what all maps are of; then the titles say only what they are under.
    const what = layers || (!runs && !losses) ? [layerName(layer)] : [];
    const under = loss && (losses || what.length > 0) ? [`under ${loss.label}`] : [];
    return [...name, [...what, ...under].join(' ')].filter(Boolean).join(' · ');
  });
}

export function layerName(layer: LayerId): string {
  return layerNames[layer] ?? layer;
}

/**
 * "Confidence pt of IDRiD_03 after epoch 24": the layer where all maps but photographs are of one.
 * @param point the only one that is shown, or null.
 */
export function headline(
  layers: readonly LayerId[],
  image: ImageReference | null,
  epoch: number | null,
  point: SurfacePoint | null,
): string {
  const [only, another] = layers.filter((layer) => layer !== 'photo');
  const what = only && another === undefined ? `${layerName(only)} of ` : '';
  const where = point ? ` at ${placeText(point)}` : epoch === null ? '' : ` after epoch ${epoch}`;
  return image === null ? '' : `${what}${imageName(image)}${where}`;
}
