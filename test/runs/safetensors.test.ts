import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/runs/problem';
import {
  decodeSafetensors,
  encodeSafetensors,
  floatTensors,
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from '../../src/runs/safetensors';
import { temporaryFolder, tinyDisk } from './support';

const tensors: StoredTensor[] = [
  { name: 'head.weight', shape: [2, 3, 1, 1], data: Float32Array.of(1, -2, 0.1, NaN, Infinity, 5e-39) },
  { name: 'head.bias', shape: [1], data: Float32Array.of(7) },
  { name: 'empty', shape: [0, 4], data: new Float32Array(0) },
  { name: 'scalar', shape: [], data: Float32Array.of(3) },
  { name: 'labels', shape: [3], data: Int32Array.of(1, -2, 2 ** 31 - 1) },
  { name: 'steps', shape: [2], data: BigInt64Array.of(-1n, 2n ** 62n) },
  { name: '__proto__', shape: [1], data: Float32Array.of(9) },
];
const metadata = { format: 'pt', epoch: '5', ünï: '"quoted"\n' };

/** A file with this header and so many bytes after it. */
function file(header: unknown, dataBytes = 0): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function problemOf(bytes: Uint8Array): Problem {
  try {
    decodeSafetensors(bytes, 'weights.safetensors');
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}

describe('encodeSafetensors and decodeSafetensors', () => {
  it('keep names, shapes, types, values and metadata', () => {
    const read = decodeSafetensors(encodeSafetensors(tensors, metadata));
    expect(read.metadata).toEqual(metadata);
    expect(read.tensors).toHaveLength(tensors.length);
    for (const tensor of tensors) expect(read.tensors).toContainEqual(tensor);
  });

  it('work without tensors and without metadata', () => {
    expect(decodeSafetensors(encodeSafetensors([]))).toEqual({ tensors: [], metadata: {} });
  });

  it('write the format byte by byte', () => {
    const bytes = Buffer.from(encodeSafetensors([{ name: 'a', shape: [2], data: Float32Array.of(1, 2) }]));
    const header = '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    expect(bytes.readBigUInt64LE(0)).toBe(56n);
    expect(bytes.toString('utf8', 8, 64)).toBe(header.padEnd(56, ' '));
    expect([bytes.readFloatLE(64), bytes.readFloatLE(68), bytes.length]).toEqual([1, 2, 72]);
  });

  it('align every tensor to its own size', () => {
    const bytes = encodeSafetensors(tensors);
    for (const { data } of decodeSafetensors(bytes).tensors) expect(data.buffer).toBe(bytes.buffer);
  });

  it('read from a buffer at an odd offset', () => {
    const bytes = encodeSafetensors(tensors, metadata);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(decodeSafetensors(shifted.subarray(1))).toEqual(decodeSafetensors(bytes));
  });

  it('write a view into a larger buffer as what it shows', () => {
    const data = Float32Array.of(0, 1, 2, 3).subarray(1, 3);
    expect(decodeSafetensors(encodeSafetensors([{ name: 'a', shape: [2], data }])).tensors[0]?.data).toEqual(
      Float32Array.of(1, 2),
    );
  });

  it('refuse to write what would not be readable', () => {
    const data = new Float32Array(2);
    expect(() => encodeSafetensors([{ name: 'a', shape: [3], data }])).toThrow('"a" of shape [3] has 2 elements');
    const twice = { name: 'a', shape: [2], data };
    expect(() => encodeSafetensors([twice, twice])).toThrow('Two tensors are called "a"');
    expect(() => encodeSafetensors([{ ...twice, name: '__metadata__' }])).toThrow();
  });
});

describe('a damaged file', () => {
  it('is a Problem that names the file, wherever it is cut off', () => {
    const bytes = encodeSafetensors(tensors, metadata);
    for (let length = 0; length < bytes.length; length += 1) {
      const problem = problemOf(bytes.subarray(0, length));
      expect(problem.place?.file).toBe('weights.safetensors');
      expect(problem.message).toMatch(length < 8 ? /not a safetensors file/ : /truncated/);
    }
  });

  it('is a Problem when bytes are added', () => {
    expect(problemOf(Uint8Array.of(...encodeSafetensors(tensors), 0)).message).toContain('1 bytes follow');
  });

  const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  it.each([
    ['text', file('hello there'), 'its header is not JSON'],
    ['not UTF-8', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe), 'its header is not JSON'],
    ['a list', file([]), 'its header is not an object'],
    ['a huge header', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x7f, 0), 'header length makes no sense'],
    ['a PNG', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0), 'header length makes no sense'],
    ['half precision', file({ a: { ...entry, dtype: 'F16' } }, 8), 'type F16; only F32, I32 and I64'],
    ['an inherited type', file({ a: { ...entry, dtype: 'toString' } }, 8), 'type toString'],
    ['no description', file({ a: 3 }), '"a" has no description'],
    ['no shape', file({ a: { ...entry, shape: undefined } }, 8), 'no valid shape'],
    ['a negative side', file({ a: { ...entry, shape: [-2] } }, 8), 'no valid shape'],
    ['three offsets', file({ a: { ...entry, data_offsets: [0, 8, 9] } }, 8), 'no valid shape or byte range'],
    ['a wrong size', file({ a: { ...entry, shape: [3] } }, 8), 'of shape [3] has 8 bytes'],
    ['a backward range', file({ a: { ...entry, shape: [0], data_offsets: [8, 0] } }, 8), 'starts at byte 8'],
    ['an overlap', file({ a: entry, b: { ...entry, data_offsets: [4, 12] } }, 12), '"b" starts at byte 4 instead of 8'],
    ['a gap', file({ a: { ...entry, data_offsets: [4, 12] } }, 12), '"a" starts at byte 4 instead of 0'],
    ['metadata of numbers', file({ __metadata__: { epoch: 5 } }), 'metadata are not texts'],
  ])('is a Problem: %s', (_, bytes, message) => expect(problemOf(bytes).message).toContain(message));
});

describe('writeSafetensors and readSafetensors', () => {
  it('write the same bytes as encodeSafetensors', async () => {
    const path = join(temporaryFolder(), 'a.safetensors');
    await writeSafetensors(path, tensors, metadata);
    expect(new Uint8Array(readFileSync(path))).toEqual(encodeSafetensors(tensors, metadata));
    expect((await readSafetensors(path)).metadata).toEqual(metadata);
  });

  it('write large tensors without copying them', async () => {
    const path = join(temporaryFolder(), 'large.safetensors');
    const data = new Float32Array(40 * 1024 * 1024).fill(1.5);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 1);
    await writeSafetensors(path, [{ name: 'a', shape: [data.length], data }]);
    clearInterval(watch);
    expect(most).toBeLessThan(data.byteLength / 10);
    const read = await readSafetensors(path);
    expect(read.tensors[0]?.data.length).toBe(data.length);
    expect(read.tensors[0]?.data.at(-1)).toBe(1.5);
  });

  it('keep the file that was there when the disk is full', async ({ skip }) => {
    const disk = tinyDisk('size=128k');
    if (disk === null) return skip();
    const path = join(disk, 'resume.safetensors');
    const small = [{ name: 'a', shape: [1], data: Float32Array.of(1) }];
    await writeSafetensors(path, small);
    const large = [{ name: 'a', shape: [100_000], data: new Float32Array(100_000) }];
    await expect(writeSafetensors(path, large)).rejects.toMatchObject({ message: 'the disk is full', exitCode: 1 });
    expect(await readSafetensors(path)).toEqual({ tensors: small, metadata: {} });
  });

  it('name a file that is missing or damaged', async () => {
    const path = join(temporaryFolder(), 'a.safetensors');
    await expect(readSafetensors(path)).rejects.toMatchObject({
      message: 'there is no such file',
      place: { file: path },
    });
    writeFileSync(path, 'short');
    await expect(readSafetensors(path)).rejects.toMatchObject({ place: { file: path } });
  });
});

describe('floatTensors', () => {
  it('gives F32 tensors and refuses others by name', () => {
    expect(floatTensors(tensors.slice(0, 2))).toEqual(tensors.slice(0, 2));
    expect(() => floatTensors(tensors, 'w')).toThrow('tensor "labels" is of type I32, where F32 is needed');
  });
});
