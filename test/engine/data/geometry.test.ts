import { expect, test } from 'vitest';
import { unetGeometry } from '../../../src/engine/data/geometry';
import { resolveCrop } from '../../../src/engine/data/crop';

/** Walks a side through the layers of a U-Net; undefined when a layer has nothing left or a pool meets an odd size. */
function walk(side: number, depth: number, padding: 'valid' | 'same'): number | undefined {
  const lost = padding === 'valid' ? 4 : 0; // two 3x3 convolutions
  const skips: number[] = [];
  for (let level = 0; level < depth; level++) {
    side -= lost;
    if (side < 1 || side % 2 === 1) return undefined;
    skips.push(side);
    side /= 2;
  }
  side -= lost;
  if (side < 1) return undefined;
  while (skips.length > 0) {
    side *= 2;
    const skip = skips.pop()!;
    if (skip < side || (skip - side) % 2 === 1) return undefined; // the skip's centre is taken
    side -= lost;
    if (side < 1) return undefined;
  }
  return side;
}

test('the study: 388 needs a tile of 572, padded by 92', () => {
  expect(unetGeometry({ depth: 4, padding: 'valid' }, [388, 388])).toEqual({
    size: [388, 388],
    tile: [572, 572],
    output: [388, 388],
    pad: { top: 92, left: 92, bottom: 92, right: 92 },
    offset: { top: 0, left: 0 },
  });
});

test.each(['valid', 'same'] as const)(
  '%s: the tile is the smallest that covers the size, layer by layer',
  (padding) => {
    for (const depth of [1, 2, 3, 4, 5]) {
      for (const size of [3, 4, 5, 7, 16, 31, 64, 100, 131, 388]) {
        const { tile, output, pad, offset } = unetGeometry({ depth, padding }, [size, size + 1]);
        for (const [axis, wanted, before, after, start] of [
          [0, size, pad.top, pad.bottom, offset.top],
          [1, size + 1, pad.left, pad.right, offset.left],
        ] as const) {
          let smallest = wanted;
          while ((walk(smallest, depth, padding) ?? 0) < wanted) smallest++;
          expect(tile[axis]).toBe(smallest);
          expect(output[axis]).toBe(walk(smallest, depth, padding));
          expect(before + wanted + after).toBe(tile[axis]);
          // The size lies where its pixels' answers do: the network cuts the same on both sides.
          expect(before).toBe((tile[axis] - output[axis]) / 2 + start);
          expect(start).toBe((output[axis] - wanted) >> 1);
        }
      }
    }
  },
);

test('an automatic crop wastes nothing and fits', () => {
  const same = { depth: 4, padding: 'same' } as const;
  expect(resolveCrop('auto', same, [569, 428])).toEqual([256, 256]);
  expect(resolveCrop('auto', same, [285, 214])).toEqual([256, 208]);
  expect(resolveCrop('auto', same, [10, 20])).toEqual([10, 16]);
  expect(resolveCrop('auto', { depth: 4, padding: 'valid' }, [569, 100])).toEqual([244, 100]);
  expect(resolveCrop([388, 380], same, [400, 400])).toEqual([388, 380]);
  const { tile } = unetGeometry(same, [256, 208]);
  expect(tile).toEqual([256, 208]);
});
