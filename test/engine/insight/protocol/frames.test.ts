import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameDecoder, type InspectorAnswer } from '../../../../src/engine/insight/protocol';

const answers: InspectorAnswer[] = [
  {
    id: 1,
    ok: true,
    result: { epoch: 3, note: 'größer als γ' },
    arrays: {
      margin: { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e-30, -100) },
      labels: { shape: [2, 3], values: Uint8Array.of(0, 1, 0, 1, 1, 0) },
      // Looks into the middle of a larger buffer.
      counts: { shape: [2], values: new Int32Array([7, 8, 9, 10]).subarray(1, 3) },
      none: { shape: [0, 4], values: new Float64Array(0) },
    },
  },
  { id: 2, ok: false, error: { message: 'no such run', hint: 'Choose another.', file: '/a/b' } },
  { id: 3, ok: true, result: null, arrays: {} },
  { id: 4, ok: true, result: [1], arrays: { wide: { shape: [3], values: Uint16Array.of(1, 300, 65535) } } },
];

function bytesOf(values: readonly InspectorAnswer[]): Uint8Array {
  return Buffer.concat(values.flatMap((value) => encodeFrame(value)));
}

function inPieces(bytes: Uint8Array, size: number): InspectorAnswer[] {
  const decoder = new FrameDecoder();
  const read: InspectorAnswer[] = [];
  for (let at = 0; at < bytes.length; at += size) read.push(...decoder.push(bytes.subarray(at, at + size)));
  expect(decoder.pending).toBe(false);
  return read;
}

describe('frames of the inspector', () => {
  it.each([1, 2, 3, 7, 64, 1_000_000])('come back as they were written, %i bytes at a time', (size) => {
    expect(inPieces(bytesOf(answers), size)).toEqual(answers);
  });

  it('give each array a buffer of its own', () => {
    const [answer] = inPieces(bytesOf(answers.slice(0, 1)), 1 << 20);
    if (!answer?.ok) throw new Error('no answer');
    expect(answer.arrays.margin!.values.buffer.byteLength).toBe(24);
    expect(answer.arrays.counts!.values.buffer.byteLength).toBe(8);
  });

  it('leave out an array that is absent', () => {
    const bytes = bytesOf([{ id: 1, ok: true, result: 1, arrays: { labels: undefined } }]);
    expect(inPieces(bytes, 5)).toEqual([{ id: 1, ok: true, result: 1, arrays: {} }]);
  });

  it('know when a stream was cut off', () => {
    const bytes = bytesOf(answers.slice(0, 1));
    const decoder = new FrameDecoder();
    expect(decoder.push(bytes.subarray(0, bytes.length - 1))).toEqual([]);
    expect(decoder.pending).toBe(true);
    expect(decoder.push(bytes.subarray(bytes.length - 1))).toHaveLength(1);
    expect(decoder.pending).toBe(false);
  });

  it('refuse bytes that are none', () => {
    expect(() => new FrameDecoder().push(Buffer.from('Error: cannot find module'))).toThrow(RangeError);
    const bytes = bytesOf(answers.slice(1, 2));
    bytes[4] = 'x'.charCodeAt(0);
    expect(() => new FrameDecoder().push(bytes)).toThrow('not JSON');
  });

  it('refuse an array that does not have its shape', () => {
    const values = new Float32Array(5);
    expect(() => encodeFrame({ id: 1, ok: true, result: 1, arrays: { a: { shape: [2, 3], values } } })).toThrow(
      '[2, 3]',
    );
  });
});
