import { expect, test } from 'vitest';
import { ByteCache } from '../../../src/webview/protocol/byteCache';

test('keeps what was used last, within its bytes', () => {
  const cache = new ByteCache<string>(10);
  cache.set('a', 'A', 4);
  cache.set('b', 'B', 4);
  expect(cache.get('a')).toBe('A');
  cache.set('c', 'C', 4);
  // b was not used for longest.
  expect([cache.has('a'), cache.has('b'), cache.has('c')]).toEqual([true, false, true]);
  expect(cache.bytes).toBe(8);
});

test('a value in place of another counts once, and one that is too large is not kept', () => {
  const cache = new ByteCache<number>(10);
  cache.set('a', 1, 6);
  cache.set('a', 2, 8);
  expect([cache.get('a'), cache.bytes]).toEqual([2, 8]);
  cache.set('a', 3, 11);
  expect([cache.get('a'), cache.bytes]).toEqual([undefined, 0]);
});
