import { tickText } from '../kit/format';
import type { Theme } from '../kit/theme';
import type { Line } from './contours';
import type { CriticalPoint } from './critical';
import { pointKinds } from './field';
import { markOf, type PaneModel, type ShownPath } from './paneModel';
import { linesShape, type Placing, strokes } from './plotShapes';

/** Room of a text, from its middle. */
const [labelReach, labelHeight] = [5.5, 12];

/**
 * The value on the longest of a level's lines, at the first place along it that no other label has taken; none where there is no room.
 * @param taken the labels of this picture so far; what is written is added to it.
 */
export function lineLabels(
  lines: readonly Line[],
  level: number,
  place: Placing,
  colour: string,
  theme: Theme,
  taken: { x: number; y: number; reach: number }[],
): object[] {
  const longest = lines.reduce<Line>((best, line) => (line.length > best.length ? line : best), []);
  const [from, middle] = [alongLine(longest, 0, place), alongLine(longest, 0.5, place)];
  if (longest.length < 12 || Math.hypot(from[0] - middle[0], from[1] - middle[1]) < 26) return [];
  const text = tickText(Number(level.toPrecision(3)));
  const reach = (text.length * labelReach) / 2;
  const free = [0.5, 0.3, 0.7, 0.15, 0.85]
    .map((share) => alongLine(longest, share, place))
    .find(([x, y]) =>
      taken.every((other) => Math.abs(other.y - y) > labelHeight || Math.abs(other.x - x) > other.reach + reach + 4),
    );
  if (!free) return [];
  const [x, y] = free;
  taken.push({ x, y, reach });
  const light = colour === '#fff' || colour.startsWith('rgba(255');
  const halo = light ? 'rgba(0,0,0,0.5)' : 'rgba(255,255,255,0.5)';
  const style = { text, x, y, fill: light ? '#fff' : '#111', font: `10px ${theme.font}` };
  return [
    {
      type: 'text',
      silent: true,
      style: { ...style, align: 'center', verticalAlign: 'middle', stroke: halo, lineWidth: 2 },
    },
  ];
}

/** The place at a share of a line's points. */
function alongLine(line: Line, share: number, place: Placing): [number, number] {
  const at = 2 * Math.floor((line.length / 2) * share);
  return pixel(place, line[at] ?? 0, line[at + 1] ?? 0);
}

const pixel = ({ ox, sx, oy, sy }: Placing, a: number, b: number): [number, number] => [ox + a * sx, oy + b * sy];

/** Measured points are dots, interpolated ones rings. */
export function dots({ field }: PaneModel, place: Placing): object[] {
  const marks: object[] = [];
  field.kinds.forEach((kind, index) => {
    if (kind !== pointKinds.measured && kind !== pointKinds.interpolated) return;
    const [cx, cy] = pixel(place, field.a[index % field.a.length]!, field.b[Math.floor(index / field.a.length)]!);
    const measured = kind === pointKinds.measured;
    const style = measured
      ? { fill: '#fff', opacity: 0.85 }
      : { fill: 'none', stroke: '#fff', lineWidth: 1, opacity: 0.7 };
    marks.push({ type: 'circle', silent: true, shape: { cx, cy, r: measured ? 1.4 : 1.8 }, style });
  });
  return marks;
}

/** A dashed line, for it does not lie on the surface; marks that shrink and fade with the distance from the plane. */
export function pathMarks({ points, place: run }: ShownPath, farthest: number, place: Placing, theme: Theme): object[] {
  const colour = theme.runs[run % theme.runs.length]!;
  const line = [points.flatMap(({ a, b }) => [a, b])];
  const marks: object[] = [
    strokes(line, place, { stroke: '#fff', lineWidth: 3.4, opacity: 0.55 }),
    strokes(line, place, { stroke: colour, lineWidth: 1.6, lineDash: [4, 3] }),
  ];
  points.forEach(({ a, b, distance }, index) => {
    const [cx, cy] = pixel(place, a, b);
    const { radius, opacity } = markOf(distance, farthest);
    const last = index === points.length - 1;
    const style = { fill: colour, stroke: '#fff', lineWidth: last ? 2 : 1, opacity };
    const shape = last
      ? { type: 'rect', shape: { x: cx - radius, y: cy - radius, width: 2 * radius, height: 2 * radius, r: 0 } }
      : { type: 'circle', shape: { cx, cy, r: radius } };
    marks.push({ ...shape, silent: true, style });
  });
  return marks;
}

/** Minima are rings with a dot, saddle points crosses, maxima triangles: white on black, to be seen on every colour. */
export function criticalMarks({ kind, a, b }: CriticalPoint, place: Placing): object[] {
  const [x, y] = pixel(place, a, b);
  const both = (of: (style: object) => object): object[] => [
    of({ stroke: '#000', lineWidth: 4, fill: 'none' }),
    of({ stroke: '#fff', lineWidth: 1.8, fill: 'none' }),
  ];
  const lines = (points: number[][][]) =>
    both((style) => ({
      type: linesShape,
      silent: true,
      shape: { ox: x, sx: 1, oy: y, sy: 1, lines: points.map((line) => line.flat()) },
      style,
    }));
  if (kind === 'minimum') {
    return [
      ...both((style) => ({ type: 'circle', silent: true, shape: { cx: x, cy: y, r: 6 }, style })),
      { type: 'circle', silent: true, shape: { cx: x, cy: y, r: 2 }, style: { fill: '#fff' } },
    ];
  }
  const [r, s] = [5, 5.5];
  if (kind === 'saddle')
    return lines([
      [
        [-r, -r],
        [r, r],
      ],
      [
        [-r, r],
        [r, -r],
      ],
    ]);
  return lines([
    [
      [0, -s],
      [s, s],
      [-s, s],
      [0, -s],
    ],
  ]);
}
