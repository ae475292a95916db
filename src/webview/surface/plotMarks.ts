import { tickText } from '../kit/format';
import type { Theme } from '../kit/theme';
import type { Line } from './contours';
import type { CriticalPoint } from './critical';
import { pointKinds } from './field';
import { markOf, type PaneModel, type ShownPath } from './paneModel';
import { linesShape, type Placing, strokes } from './plotShapes';

/** The value on the longest of a level's lines, where there is room for it. */
export function lineLabels(
  lines: readonly Line[],
  level: number,
  place: Placing,
  colour: string,
  theme: Theme,
): object[] {
  const longest = lines.reduce<Line>((best, line) => (line.length > best.length ? line : best), []);
  const [from, to] = [pixel(place, longest[0] ?? 0, longest[1] ?? 0), middleOf(longest, place)];
  if (longest.length < 12 || Math.hypot(from[0] - to[0], from[1] - to[1]) < 26) return [];
  const light = colour === '#fff' || colour.startsWith('rgba(255');
  const style = { text: tickText(Number(level.toPrecision(3))), x: to[0], y: to[1], fill: light ? '#fff' : '#111' };
  const font = `10px ${theme.font}`;
  const halo = light ? 'rgba(0,0,0,0.5)' : 'rgba(255,255,255,0.5)';
  return [
    {
      type: 'text',
      silent: true,
      style: { ...style, font, align: 'center', verticalAlign: 'middle', stroke: halo, lineWidth: 2 },
    },
  ];
}

function middleOf(line: Line, place: Placing): [number, number] {
  const at = 2 * Math.floor(line.length / 4);
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
