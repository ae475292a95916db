import { graphic } from 'echarts/core';
import type { Line, Polygons } from './contours';

/** How grid coordinates become pixels: x = ox + a · sx, y = oy + b · sy. */
export interface Placing {
  readonly ox: number;
  readonly sx: number;
  readonly oy: number;
  readonly sy: number;
}

/** What ECharts hands a shape to draw with: a canvas, or the writer of an SVG path. */
interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  closePath(): void;
}

export const polygonsShape = 'losscapePolygons';
export const linesShape = 'losscapeLines';

const placing: Placing = { ox: 0, sx: 1, oy: 0, sy: 1 };

// Thousands of polygons as one path: quick to draw, and neighbours of one colour show no seams.
graphic.registerShape(
  polygonsShape,
  graphic.extendShape({
    shape: { ...placing, polygons: [] as Polygons },
    buildPath(pen: Pen, { ox, sx, oy, sy, polygons }: Placing & { polygons: Polygons }) {
      for (let at = 0; at < polygons.length;) {
        const corners = polygons[at]!;
        for (let corner = 0; corner < corners; corner += 1) {
          const x = ox + polygons[at + 1 + 2 * corner]! * sx;
          const y = oy + polygons[at + 2 + 2 * corner]! * sy;
          if (corner === 0) pen.moveTo(x, y);
          else pen.lineTo(x, y);
        }
        pen.closePath();
        at += 1 + 2 * corners;
      }
    },
  }),
);

graphic.registerShape(
  linesShape,
  graphic.extendShape({
    shape: { ...placing, lines: [] as readonly Line[] },
    buildPath(pen: Pen, { ox, sx, oy, sy, lines }: Placing & { lines: readonly Line[] }) {
      for (const line of lines) {
        for (let at = 0; at + 1 < line.length; at += 2) {
          const x = ox + line[at]! * sx;
          const y = oy + line[at + 1]! * sy;
          if (at === 0) pen.moveTo(x, y);
          else pen.lineTo(x, y);
        }
      }
    },
  }),
);

/** Areas of one colour. */
export function areas(polygons: Polygons, place: Placing, fill: string): object {
  return {
    type: polygonsShape,
    silent: true,
    shape: { ...place, polygons },
    // A hair of the same colour closes the seam to the next area.
    style: { fill, stroke: fill, lineWidth: 0.6 },
  };
}

/** Lines of one colour. */
export function strokes(
  lines: readonly Line[],
  place: Placing,
  style: { stroke: string; lineWidth?: number; lineDash?: number[]; opacity?: number },
): object {
  return {
    type: linesShape,
    silent: true,
    shape: { ...place, lines },
    style: { lineWidth: 1, fill: 'none', ...style },
  };
}
