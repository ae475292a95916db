import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { PairCache, bytesOf } from '../../../src/engine/data/cache';
import * as decode from '../../../src/engine/data/decode';
import { unetGeometry } from '../../../src/engine/data/geometry';
import { BatchLoader } from '../../../src/engine/data/loader';
import type { Batch } from '../../../src/engine/data/loader';
import { listPairs } from '../../../src/engine/data/pairs';
import { Problem } from '../../../src/runs/problem';
import { datasetIn, temporaryFolder, writePairs } from './files';

vi.mock('../../../src/engine/data/decode', { spy: true });

const crop = [12, 8] as const;
const geometry = unetGeometry({ depth: 2, padding: 'same' }, crop);

async function prepare(count: number, maxBytes?: number) {
  const folder = temporaryFolder();
  await writePairs(folder, count);
  const dataset = datasetIn(folder);
  const { train: pairs } = await listPairs(dataset);
  const cache = new PairCache(dataset, 3, maxBytes);
  const loader = (changes: { seed?: number; batchSize?: number; ahead?: number } = {}) =>
    new BatchLoader({ pairs, cache, geometry, crop, flip: true, batchSize: 3, seed: 99, ...changes });
  vi.mocked(decode.decodePair).mockClear();
  return { folder, pairs, cache, loader };
}

async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const list: Batch[] = [];
  for await (const batch of batches) list.push(batch);
  return list;
}

test('an epoch holds every pair once; batches have one size and fill up from the start', async () => {
  const { loader, pairs } = await prepare(7);
  const batches = await all(loader().epoch(1));
  expect(batches.map(({ index, size }) => [index, size])).toEqual([
    [0, 3],
    [1, 3],
    [2, 3],
  ]);
  const names = batches.flatMap((batch) => batch.names);
  expect(new Set(names.slice(0, 7))).toEqual(new Set(pairs.map(({ name }) => name)));
  expect(names.slice(7)).toEqual(names.slice(0, 2));
  for (const { images, labels } of batches) {
    expect(images.length).toBe(3 * 3 * 12 * 8);
    expect(labels.length).toBe(3 * 12 * 8);
    expect(images.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(labels.every((label) => label === 0 || label === 1)).toBe(true);
  }
  expect(batches.some(({ labels }) => labels.includes(1))).toBe(true);
});

test('a batch larger than the data set goes round again, cropped anew', async () => {
  const { loader } = await prepare(2);
  const [batch] = await all(loader({ batchSize: 5 }).epoch(1));
  expect(batch!.names).toHaveLength(5);
  expect(new Set(batch!.names).size).toBe(2);
  const item = (i: number) => batch!.images.slice(i * 288, (i + 1) * 288);
  expect(batch!.names[0]).toBe(batch!.names[2]);
  expect(item(0)).not.toEqual(item(2));
});

test('same seed and epoch, same batches, whatever came before; another epoch or seed, others', async () => {
  const { loader, cache, pairs } = await prepare(6);
  const first = loader();
  await all(first.epoch(1));
  const second = await all(first.epoch(2));
  const resumed = await all(loader().epoch(2)); // a new process that starts at epoch 2
  expect(resumed).toEqual(second);
  // Nothing depends on how far ahead batches are made, or on what the cache has room for.
  expect(await all(loader({ ahead: 0 }).epoch(2))).toEqual(second);
  const none = new PairCache(cache.dataset, 3, 0);
  const options = { pairs, cache: none, geometry, crop, flip: true, batchSize: 3, seed: 99 };
  expect(await all(new BatchLoader(options).epoch(2))).toEqual(second);

  const others = [await all(first.epoch(3)), await all(loader({ seed: 98 }).epoch(2))];
  for (const other of others) {
    expect(other.flatMap(({ names }) => names)).not.toEqual(second.flatMap(({ names }) => names));
    expect(other[0]!.images).not.toEqual(second[0]!.images);
  }
});

test('batches are made ahead of the consumer, not all at once', async () => {
  const { loader } = await prepare(12);
  const batches = loader({ batchSize: 1, ahead: 2 }).epoch(1);
  await batches.next();
  await new Promise((resolve) => setTimeout(resolve, 100)); // the consumer works
  expect(vi.mocked(decode.decodePair).mock.calls.length).toBe(3);
  await batches.next();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(vi.mocked(decode.decodePair).mock.calls.length).toBe(4);
  await batches.return(undefined);
});

test('the time spent waiting is measured: all of it at first, none when there was time to work ahead', async () => {
  const { loader } = await prepare(6);
  const timed = loader({ batchSize: 2 });
  const batches = timed.epoch(1);
  await batches.next();
  const atFirst = timed.secondsWaited;
  expect(atFirst).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 150));
  await batches.next();
  expect(timed.secondsWaited - atFirst).toBeLessThan(0.005);
  await batches.return(undefined);
});

test('no image is decoded twice at the same time, nor again while it is kept', async () => {
  const { pairs, cache, loader } = await prepare(2);
  const [a, b] = await Promise.all([cache.get(pairs[0]!), cache.get(pairs[0]!)]);
  expect(a).toBe(b);
  await all(loader({ batchSize: 8 }).epoch(1));
  expect(vi.mocked(decode.decodePair)).toHaveBeenCalledTimes(2);
});

test('the cache keeps to its bound and drops the longest unused', async () => {
  const one = 24 * 20 * 4;
  const { pairs, cache } = await prepare(4, 2 * one);
  const [a, b, c] = pairs as [(typeof pairs)[0], (typeof pairs)[0], (typeof pairs)[0]];
  expect(bytesOf(await cache.get(a))).toBe(one);
  await cache.get(b);
  await cache.get(a); // b is now the longest unused
  await cache.get(c);
  expect(cache.bytes).toBe(2 * one);
  await cache.get(a);
  expect(vi.mocked(decode.decodePair)).toHaveBeenCalledTimes(3);
  await cache.get(b);
  expect(vi.mocked(decode.decodePair)).toHaveBeenCalledTimes(4);

  const tiny = new PairCache(cache.dataset, 3, one - 1);
  await tiny.get(a);
  expect(tiny.bytes).toBe(0);
});

test('a damaged image stops the epoch with its name, and is tried again next time', async () => {
  const { folder, loader, cache, pairs } = await prepare(6);
  const broken = join(folder, 'images', 'eye3.png');
  await writeFile(broken, 'damaged');
  const error = await all(loader().epoch(1)).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).place?.file).toBe(broken);
  await writePairs(folder, 6);
  expect((await cache.get(pairs[2]!)).name).toBe('eye3');
});
