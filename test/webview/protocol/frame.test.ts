import { describe, expect, it } from 'vitest';
import { emptyFrame, type Frame, frameTail, withTail } from '../../../src/webview/protocol/frame';

function frame(columns: Record<string, number[]>): Frame {
  const entries = Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)] as const);
  return { rows: entries[0]?.[1].length ?? 0, columns: Object.fromEntries(entries) };
}

describe('frameTail', () => {
  const before = frame({ epoch: [1, 2, 3], loss: [0.5, NaN, 0.3] });

  it('is null when nothing differs, NaN included', () => {
    expect(frameTail(before, frame({ epoch: [1, 2, 3], loss: [0.5, NaN, 0.3] }))).toBeNull();
  });

  it.each([
    ['rows were added', frame({ epoch: [1, 2, 3, 4], loss: [0.5, NaN, 0.3, 0.2] }), 3],
    ['the last row has changed', frame({ epoch: [1, 2, 3], loss: [0.5, NaN, 0.25] }), 2],
    ['rows were cut', frame({ epoch: [1], loss: [0.5] }), 1],
    ['columns are others', frame({ epoch: [1, 2, 3], iou: [0, 0, 0] }), 0],
    ['everything is gone', emptyFrame, 0],
  ])('brings a frame up to date when %s', (_, after, from) => {
    const tail = frameTail(before, after)!;
    expect(tail.from).toBe(from);
    expect(withTail(before, tail)).toEqual(after);
  });

  it('fills a frame that was empty', () => {
    expect(withTail(emptyFrame, frameTail(emptyFrame, before)!)).toEqual(before);
  });
});
