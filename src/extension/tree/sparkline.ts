import type { EpochMetrics } from '../runs/runData';

export interface SparklineColours {
  readonly line: string;
  readonly quiet: string;
  readonly text: string;
}

const width = 240;
const height = 64;
const margin = { top: 6, right: 44, bottom: 14, left: 6 };

/**
 * The curve of the IoU over the epochs as a small SVG: the test split as a line, the training split dashed. The picture
 * knows nothing of the editor's theme, so its colours are given.
 *
 * @returns null with fewer than two epochs: a point is no curve.
 */
export function sparkline(epochs: readonly EpochMetrics[], colours: SparklineColours): string | null {
  const series = (['test', 'train'] as const).map((split) => ({
    split,
    points: epochs.flatMap((measured): [number, number][] => {
      const iou = measured[split]?.mean.iou;
      return typeof iou === 'number' && Number.isFinite(iou) ? [[measured.epoch, iou]] : [];
    }),
  }));
  const all = series.flatMap(({ points }) => points);
  if (all.length < 2 || series.every(({ points }) => points.length < 2)) return null;
  const xs = all.map(([epoch]) => epoch);
  const ys = all.map(([, iou]) => iou);
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const [y0, y1] = padded(Math.min(...ys), Math.max(...ys));
  const x = (epoch: number) => margin.left + ((epoch - x0) / (x1 - x0 || 1)) * (width - margin.left - margin.right);
  const y = (iou: number) => height - margin.bottom - ((iou - y0) / (y1 - y0)) * (height - margin.top - margin.bottom);
  const lines = series.flatMap(({ split, points }) => {
    if (points.length === 0) return [];
    const path = points.map(([epoch, iou]) => `${round(x(epoch))},${round(y(iou))}`).join(' ');
    const [lastEpoch, lastIou] = points.at(-1)!;
    const stroke = split === 'test' ? colours.line : colours.quiet;
    const dash = split === 'test' ? '' : ' stroke-dasharray="3 3"';
    const line = `<polyline points="${path}" fill="none" stroke="${stroke}" stroke-width="1.5"${dash}/>`;
    if (split === 'train' && series[0]!.points.length > 0) return [line];
    const end = `<circle cx="${round(x(lastEpoch))}" cy="${round(y(lastIou))}" r="2.2" fill="${stroke}"/>`;
    const label = text(x(lastEpoch) + 6, y(lastIou) + 4, lastIou.toFixed(3), colours.text);
    return [line, end, label];
  });
  const base = round(height - margin.bottom + 0.5);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="sans-serif" font-size="10">` +
    `<line x1="${margin.left}" x2="${width - margin.right}" y1="${base}" y2="${base}" stroke="${colours.quiet}" stroke-opacity="0.5"/>` +
    // The training split is drawn first: it is what the other one is seen against.
    lines.reverse().join('') +
    text(margin.left, height - 3, String(x0), colours.quiet) +
    text(width - margin.right, height - 3, String(x1), colours.quiet, 'end') +
    '</svg>'
  );
}

/** An SVG as the address of a picture. */
export function svgAddress(svg: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

function text(x: number, y: number, content: string, colour: string, anchor = 'start'): string {
  return `<text x="${round(x)}" y="${round(y)}" fill="${colour}" text-anchor="${anchor}">${content}</text>`;
}

function padded(low: number, high: number): [number, number] {
  const room = high > low ? 0.05 * (high - low) : 0.05;
  return [low - room, high + room];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
