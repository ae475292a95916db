import { histogram } from '../../engine/insight/maps';
import { element, svgElement } from '../kit/dom';
import { tickTexts } from '../kit/format';
import { zoomedRange } from '../kit/ranges';
import type { Theme } from '../kit/theme';

const chart = { width: 300, height: 96, left: 42, bottom: 18 };

/**
 * How a quantity is spread over the pixels of either class, each class by itself: the foreground is a tenth of the image and
 * would not be seen beside the background otherwise. Shares on a logarithmic axis, for most pixels are alike.
 */
export function histogramChart(
  values: Float32Array,
  labels: Uint8Array | null,
  range: readonly [number, number],
  theme: Theme,
): HTMLElement {
  const counts = histogram(values, labels, range, 48);
  const series = counts.foreground
    ? [
        { name: 'background', counts: counts.background!, colour: theme.runs[0]!, dash: '' },
        {
          name: 'foreground',
          counts: counts.foreground,
          colour: theme.runs[1]!,
          dash: theme.highContrast ? '4 2' : '',
        },
      ]
    : [{ name: 'all pixels', counts: counts.all, colour: theme.runs[0]!, dash: '' }];
  const { width, height, left, bottom } = chart;
  const plot = { width: width - left - 6, height: height - bottom - 4 };
  const floor = 1e-4;
  const x = (share: number): number => left + share * plot.width;
  const y = (share: number): number => 4 + plot.height * (1 - Math.max(0, 1 - Math.log10(share) / Math.log10(floor)));
  const svg = svgElement('svg', {
    class: 'histogram',
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': 'Histogram',
  });
  const text = (at: { x: number; y: number }, words: string, anchor: string): void => {
    const made = svgElement('text', { ...at, fill: theme.muted, 'font-size': 10, 'text-anchor': anchor });
    made.textContent = words;
    svg.append(made);
  };
  for (const [share, words] of [
    [1, '100 %'],
    [0.01, '1 %'],
    [floor, '0'],
  ] as const) {
    svg.append(svgElement('line', { x1: left, x2: width - 6, y1: y(share), y2: y(share), stroke: theme.hairline }));
    text({ x: left - 4, y: y(share) + 3 }, words, 'end');
  }
  const { ticks } = zoomedRange('value', range[0], range[1], 4);
  const written = tickTexts(ticks);
  for (const tick of ticks)
    text({ x: x((tick - range[0]) / (range[1] - range[0])), y: height - 5 }, written(tick), 'middle');
  for (const { counts: of, colour, dash } of series) {
    const total = of.reduce((sum, count) => sum + count, 0);
    if (total === 0) continue;
    let path = `M${x(0)} ${y(floor)}`;
    of.forEach((count, bin) => {
      const at = y(Math.max(floor, count / total));
      path += `L${x(bin / of.length).toFixed(1)} ${at.toFixed(1)}L${x((bin + 1) / of.length).toFixed(1)} ${at.toFixed(1)}`;
    });
    path += `L${x(1)} ${y(floor)}Z`;
    svg.append(
      svgElement('path', {
        d: path,
        fill: colour,
        'fill-opacity': 0.25,
        stroke: colour,
        'stroke-width': 1.4,
        'stroke-dasharray': dash,
      }),
    );
  }
  const keys = series.map(({ name, colour }) => {
    const patch = element('span', { class: 'patch' });
    patch.style.background = colour;
    return element('span', { class: 'legend-item' }, patch, name);
  });
  return element('div', {}, svg as unknown as HTMLElement, element('div', { class: 'histogram-legend' }, ...keys));
}
