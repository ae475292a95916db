import { expect, test } from 'vitest';
import { firstImage, imageChoices, listedImage, nextImage } from '../../../src/webview/network/images';

const run = { images: { train: ['a', 'b'], test: ['c'] } };

test('test images stand first, and a file that is looked at last', () => {
  expect(imageChoices(run, null).map(({ text }) => text)).toEqual(['c (test)', 'a (train)', 'b (train)']);
  expect(imageChoices(run, { path: '/x/eye.png' }).at(-1)!.text).toBe('eye.png');
  expect(firstImage(run)).toEqual({ name: 'c', split: 'test' });
  expect(firstImage({ images: { train: [], test: [] } })).toBeNull();
});

test('round and round', () => {
  expect(nextImage(run, { name: 'c', split: 'test' }, -1)).toEqual({ name: 'b', split: 'train' });
  expect(nextImage(run, { name: 'b', split: 'train' }, 1)).toEqual({ name: 'c', split: 'test' });
  expect(nextImage({ images: { train: [], test: [] } }, null, 1)).toBeNull();
});

test('a name alone gets its split', () => {
  expect(listedImage(run, { name: 'b' })).toEqual({ name: 'b', split: 'train' });
  expect(listedImage(run, { name: 'z' })).toEqual({ name: 'z' });
});
