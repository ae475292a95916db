import { describe, expect, it } from 'vitest';
import { beeswarm } from '../../../src/webview/kit/beeswarm';
import { duration, halfText, signedText, tickTexts, valueText } from '../../../src/webview/kit/format';
import { paneLayout, wrapLabel } from '../../../src/webview/kit/panes';
import { allBut, toggled } from '../../../src/webview/kit/toggles';

describe('paneLayout', () => {
  const options = { width: 1100, paneHeight: 160, top: 4, shared: true };
  const titles = (count: number) => Array.from({ length: count }, (_, index) => `run ${index}`);

  it('puts panes side by side as long as there is room, inside the figure', () => {
    const { panes } = paneLayout(titles(6), options);
    expect(new Set(panes.map((pane) => pane.top)).size).toBe(1);
    expect(panes.at(-1)!.left + panes.at(-1)!.width).toBeLessThanOrEqual(1100);
  });

  it('breaks many panes into rows of about equal length', () => {
    const layout = paneLayout(titles(10), options);
    expect(new Set(layout.panes.map((pane) => pane.top)).size).toBe(2);
    expect(
      titles(10)
        .map((_, pane) => layout.firstOfRow(pane))
        .filter(Boolean),
    ).toHaveLength(2);
    expect(
      titles(10)
        .map((_, pane) => layout.lastOfColumn(pane))
        .filter(Boolean),
    ).toHaveLength(5);
    expect(layout.height).toBeGreaterThan(layout.panes.at(-1)!.top + layout.panes.at(-1)!.height);
  });

  it('stands one above the other in a narrow panel', () => {
    expect(new Set(paneLayout(titles(3), { ...options, width: 300 }).panes.map((pane) => pane.left)).size).toBe(1);
  });

  it('wraps labels to three lines', () => {
    expect(wrapLabel('dice + 0.5 × cross-entropy 1:3', 100)).toEqual(['dice + 0.5 ×', 'cross-entropy', '1:3']);
    expect(wrapLabel('incomprehensibilities', 60)[0]).toMatch(/…$/);
  });
});

describe('beeswarm', () => {
  it('lets no dot cover another, and leaves out what is undefined', () => {
    const dots = beeswarm([0.5, 0.5, 0.5, NaN, 0.9], (value) => value, 0.02);
    expect(dots.map((dot) => dot.row)).toEqual([0, 1, -1, 0]);
    expect(dots.map((dot) => dot.index)).toEqual([0, 1, 2, 4]);
  });
});

describe('format', () => {
  it('never shows an interval as nothing', () => {
    expect(halfText(0.0001, 3)).toBe('< 0.001');
    expect(halfText(NaN, 3)).toBe('');
  });
  it('signs differences with a true minus', () => {
    expect([signedText(-0.0456, 3), signedText(0.02, 3), signedText(0.0001, 3)]).toEqual([
      '−0.046',
      '+0.020',
      '±0.000',
    ]);
  });
  it('writes ticks that can be told apart', () => {
    const text = tickTexts([0.90001, 0.90002]);
    expect(text(0.90001)).not.toBe(text(0.90002));
    expect(valueText(null, 3)).toBe('–');
    expect(valueText(0.00001234, 3)).toBe('1.23e−5');
  });
  it('says durations in two units', () => {
    expect([0, 42, 200, 18_600].map(duration)).toEqual(['0 s', '42 s', '3 min 20 s', '5 h 10 min']);
  });
});

describe('toggles', () => {
  it('shows one alone, then all again', () => {
    const keys = ['a', 'b', 'c'];
    expect(allBut(keys, [], 'b')).toEqual(['a', 'c']);
    expect(allBut(keys, ['a', 'c'], 'b')).toEqual([]);
    expect(toggled(toggled(keys, 'b'), 'b')).toEqual(['a', 'c', 'b']);
  });
});
