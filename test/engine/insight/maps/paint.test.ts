import { describe, expect, it } from 'vitest';
import { colourAt, colourTable, paint, type ColourMapName } from '../../../../src/engine/insight/maps';

describe('colour maps', () => {
  it('have the published ends and middles', () => {
    const hex = (name: Parameters<typeof colourAt>[0], share: number) =>
      colourAt(name, share)
        .map((part) => Math.round(part).toString(16).padStart(2, '0'))
        .join('');
    expect([0, 0.5, 1].map((share) => hex('viridis', share))).toEqual(['440154', '21908c', 'fde725']);
    expect([0, 1].map((share) => hex('cividis', share))).toEqual(['00204d', 'ffea46']);
    expect([0, 0.5, 1].map((share) => hex('coolWarm', share))).toEqual(['3b4cc0', 'dddddd', 'b40426']);
    expect(hex('grey', 0.5)).toBe('808080');
  });

  it('grow lighter in even steps, or up to the middle and darker again', () => {
    const lightness = (red: number, green: number, blue: number) => {
      const linear = [red, green, blue].map((part) => {
        const share = part / 255;
        return share > 0.04045 ? ((share + 0.055) / 1.055) ** 2.4 : share / 12.92;
      }) as [number, number, number];
      return 116 * Math.cbrt(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]) - 16;
    };
    const steps = (name: ColourMapName) => {
      const table = colourTable(name, 33);
      const at = (k: number) => lightness(table[3 * k]!, table[3 * k + 1]!, table[3 * k + 2]!);
      return Array.from({ length: 32 }, (_, i) => at(i + 1) - at(i));
    };
    for (const name of ['viridis', 'cividis'] as const) {
      const mean = steps(name).reduce((sum, step) => sum + step, 0) / 32;
      for (const step of steps(name)) expect(Math.abs(step - mean)).toBeLessThan(0.6 * mean);
    }
    const sides = steps('coolWarm');
    expect(sides.slice(0, 16).every((step) => step > 0)).toBe(true);
    expect(sides.slice(16).every((step) => step < 0)).toBe(true);
  });
});

describe('painting', () => {
  it('puts values into colours between the ends of the range', () => {
    const pixels = paint('pt', [0, 0.5, 1, -3, 7, NaN]);
    const rgba = (i: number) => [...pixels.subarray(4 * i, 4 * i + 4)];
    expect(rgba(0)).toEqual([0x44, 0x01, 0x54, 255]);
    expect(rgba(2)).toEqual([0xfd, 0xe7, 0x25, 255]);
    expect(rgba(3)).toEqual(rgba(0));
    expect(rgba(4)).toEqual(rgba(2));
    expect(rgba(5)).toEqual([0, 0, 0, 0]);
  });

  it('has colours of its own for classes', () => {
    expect([...paint('prediction', [0, 1])]).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
    expect([...paint('outcome', [1], { outcomes: 'study' })]).toEqual([255, 255, 0, 255]);
    expect(new Set(paint('outcome', [0, 1, 2, 3]).toString().split(',')).size).toBeGreaterThan(4);
  });

  it('takes another range and map', () => {
    expect([...paint('gradient', [0], { range: [-2, 2] })].slice(0, 3)).toEqual([0xdd, 0xdd, 0xdd]);
    expect([...paint('loss', [8], { range: [0, 4], colours: 'cividis' })].slice(0, 3)).toEqual([0xff, 0xea, 0x46]);
  });
});
