import { describe, expect, it } from 'vitest';
import { inOneBuffer } from '../../../src/webview/protocol/oneBuffer';

const buffersIn = (value: unknown, found = new Set<unknown>()): Set<unknown> => {
  if (ArrayBuffer.isView(value)) found.add(value.buffer);
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) buffersIn(part, found);
  return found;
};

const runs = (count: number) =>
  Array.from({ length: count }, (_, run) => ({
    name: `run ${run}`,
    missing: null,
    columns: {
      epoch: Float64Array.of(1, 2, run),
      labels: Uint8Array.of(0, 1, 1, 0, run % 2),
      margin: Float32Array.of(-0.5, NaN, run),
    },
  }));

describe('the arrays of a message', () => {
  it('stay as they are while they are few', () => {
    const body = runs(3);
    expect(inOneBuffer(body)).toBe(body);
  });

  it('share one buffer when they are more than the editor can count', () => {
    const body = runs(120);
    expect(buffersIn(body).size).toBe(360);
    const packed = inOneBuffer(body);
    expect(buffersIn(packed).size).toBe(1);
    expect(packed).toEqual(body);
  });

  it('keep their types, and views of views stay whole', () => {
    const whole = Float64Array.from({ length: 600 }, (_, index) => index);
    const views = Array.from({ length: 300 }, (_, index) => whole.slice(index, index + 2));
    const packed = inOneBuffer({ views, part: whole.subarray(10, 13) });
    expect(packed.part).toEqual(Float64Array.of(10, 11, 12));
    expect(packed.views[299]).toEqual(Float64Array.of(299, 300));
    expect(packed.views[0]).toBeInstanceOf(Float64Array);
  });
});
