import type { Rect } from '../kit/panes';
import type { LayerDescription } from '../protocol/network';

/** A layer in the drawing of the network. */
export interface Block {
  readonly layer: LayerDescription;
  readonly rect: Rect;
  /** 0 where maps are as fine as the image, 1 where a pixel stands for two, … */
  readonly level: number;
}

/** What carries maps from one layer to another. */
export interface Link {
  readonly kind: 'next' | 'pool' | 'up' | 'skip';
  readonly from: string;
  readonly to: string;
}

/** The drawing of a network, in pixels. */
export interface UnetLayout {
  readonly width: number;
  readonly height: number;
  readonly blocks: readonly Block[];
  readonly links: readonly Link[];
  /** Places of the levels' names, top to bottom: the middle of each. */
  readonly levels: readonly number[];
}

const left = 132;
const right = 74;
const top = 26;
/** Between two blocks of a level, and to the next level; smaller where room is scarce. */
const gaps = Object.freeze({ wide: { within: 11, between: 24 }, tight: { within: 8, between: 12 } });
const tightBelow = 860;
const below = 24;

/**
 * The U: from left to right the order of the forward pass, downwards coarser maps. A block is as high as its maps are fine,
 * and the wider the more maps it has.
 * @param layers in the order of the forward pass.
 * @param room width that there is; blocks become wider with it.
 */
export function unetLayout(layers: readonly LayerDescription[], room: number): UnetLayout {
  const levelOf = ({ stride }: LayerDescription): number => Math.round(Math.log2(stride));
  const deepest = Math.max(0, ...layers.map(levelOf));
  const heights = Array.from({ length: deepest + 1 }, (_, level) => Math.max(16, Math.round(58 * 0.74 ** level)));
  const tops = heights.map((_, level) => top + heights.slice(0, level).reduce((sum, h) => sum + h + below, 0));
  const { within, between } = room < tightBelow ? gaps.tight : gaps.wide;
  const before = layers.map((layer, i): number =>
    i === 0 ? 0 : levelOf(layers[i - 1]!) === levelOf(layer) ? within : between,
  );
  const fixed = left + right + before.reduce((sum, one) => sum + one, 0);
  const shares = layers.map(({ channels }) => 1 + Math.log2(Math.max(2, channels)) / 4);
  const unit = Math.max(6, (room - fixed) / shares.reduce((sum, one) => sum + one, 0));
  const widthOf = (share: number): number => Math.min(52, Math.max(12, unit * share));
  const used = fixed + shares.reduce((sum, share) => sum + widthOf(share), 0);
  let x = left + Math.max(0, (room - used) / 2);
  const blocks = layers.map((layer, i): Block => {
    const level = levelOf(layer);
    const width = widthOf(shares[i]!);
    x += before[i]!;
    const rect = { left: x, top: tops[level]!, width, height: heights[level]! };
    x += width;
    return { layer, rect, level };
  });
  return {
    width: Math.max(room, used),
    height: tops.at(-1)! + heights.at(-1)! + below,
    blocks,
    links: [...chain(layers, levelOf), ...skips(layers)],
    levels: tops.map((from, level) => from + heights[level]! / 2),
  };
}

function chain(layers: readonly LayerDescription[], levelOf: (layer: LayerDescription) => number): Link[] {
  return layers.slice(1).map((layer, i) => {
    const before = layers[i]!;
    const deeper = levelOf(layer) - levelOf(before);
    return { kind: deeper > 0 ? 'pool' : deeper < 0 ? 'up' : 'next', from: before.name, to: layer.name };
  });
}

/** The last maps of each level on the way down are put beside those that come up. */
function skips(layers: readonly LayerDescription[]): Link[] {
  const names = new Set(layers.map(({ name }) => name));
  return layers.flatMap(({ name }): Link[] => {
    const level = /^encoder\.(\d+)\.conv2$/.exec(name)?.[1];
    const to = `decoder.${level}.conv1`;
    return level !== undefined && names.has(to) ? [{ kind: 'skip', from: name, to }] : [];
  });
}

/** A layer's name in words: "encoder, level 1, convolution 2". */
export function layerWords(name: string): string {
  const [part, level, what] = name.split('.');
  if (part === 'head') return 'output, 1 × 1 convolution';
  const unit = (text: string | undefined): string =>
    text === 'up' ? 'transposed convolution' : `convolution ${text?.replace('conv', '') ?? ''}`;
  if (part === 'bottom') return `bottom, ${unit(level)}`;
  return `${part}, level ${level}, ${unit(what)}`;
}
