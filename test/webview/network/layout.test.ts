import { expect, test } from 'vitest';
import { layerWords, unetLayout } from '../../../src/webview/network/layout';
import { layerSizes } from '../../../src/webview/network/sizes';
import { unetLayers } from './support';

const layers = unetLayers(4, 32);

test('sizes of the network of the study follow from any one of them', () => {
  const from = (layer: string, side: number) => layerSizes(layers, 'valid', { layer, size: [side, side] });
  // Read off the original U-Net: 572 -> 388.
  const expected: [string, number][] = [
    ['encoder.0.conv1', 570],
    ['encoder.0.conv2', 568],
    ['encoder.1.conv2', 280],
    ['encoder.3.conv2', 64],
    ['bottom.conv2', 28],
    ['decoder.3.up', 56],
    ['decoder.3.conv2', 52],
    ['decoder.0.conv2', 388],
    ['head', 388],
  ];
  for (const [known, side] of expected) {
    const sizes = from(known, side);
    for (const [layer, other] of expected) expect(sizes.get(layer), `${layer} from ${known}`).toEqual([other, other]);
  }
});

test('with padding only the level decides', () => {
  const sizes = layerSizes(layers, 'same', { layer: 'bottom.conv1', size: [27, 36] });
  expect(sizes.get('encoder.0.conv1')).toEqual([432, 576]);
  expect(sizes.get('decoder.1.up')).toEqual([216, 288]);
  expect(sizes.get('head')).toEqual([432, 576]);
  expect(layerSizes(layers, 'same', { layer: 'nowhere', size: [1, 1] }).size).toBe(0);
});

test('the drawing is a U: to the right with the forward pass, down with coarser maps, nothing over anything else', () => {
  for (const room of [600, 1180]) {
    const { blocks, links, width, height, levels } = unetLayout(layers, room);
    expect(blocks.map(({ level }) => level).filter((level, i, all) => level !== all[i - 1])).toEqual([
      0, 1, 2, 3, 4, 3, 2, 1, 0,
    ]);
    blocks.slice(1).forEach(({ rect }, i) => {
      const before = blocks[i]!.rect;
      expect(rect.left).toBeGreaterThan(before.left + before.width);
    });
    for (const { rect, level } of blocks) {
      expect(rect.top + rect.height / 2).toBe(levels[level]);
      expect(rect.left + rect.width).toBeLessThan(width);
      expect(rect.top + rect.height).toBeLessThan(height);
    }
    expect(links.filter(({ kind }) => kind === 'skip')).toHaveLength(4);
    expect(links).toContainEqual({ kind: 'skip', from: 'encoder.3.conv2', to: 'decoder.3.conv1' });
    expect(links).toContainEqual({ kind: 'pool', from: 'encoder.3.conv2', to: 'bottom.conv1' });
    expect(links).toContainEqual({ kind: 'up', from: 'bottom.conv2', to: 'decoder.3.up' });
  }
  expect(unetLayout(layers, 1180).width).toBe(1180);
});

test('layers in words', () => {
  expect(layerWords('encoder.0.conv2')).toBe('encoder, level 0, convolution 2');
  expect(layerWords('bottom.conv1')).toBe('bottom, convolution 1');
  expect(layerWords('decoder.3.up')).toBe('decoder, level 3, transposed convolution');
  expect(layerWords('head')).toBe('output, 1 × 1 convolution');
});
