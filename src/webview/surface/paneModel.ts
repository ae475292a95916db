import type { SurfacePath } from '../protocol/surface';
import { type CriticalPoint } from './critical';
import { type Field, pointKinds } from './field';
import type { Scale } from './scales';

/** The look of a surface from above. */
export type FlatView = 'contour' | 'heatmap';

/** One surface of one loss, ready to be drawn from above. */
export interface PaneModel {
  readonly title: string;
  readonly field: Field;
  readonly scale: Scale;
  /** Between the colours of contours, ascending; a few of them have lines. */
  readonly levels: readonly number[];
  readonly view: FlatView;
  readonly lines: boolean;
  /** Lines of another quantity over this one. */
  readonly overlay: { readonly name: string; readonly field: Field; readonly levels: readonly number[] } | null;
  readonly critical: readonly CriticalPoint[];
  /** Whether to mark every point that was sampled. */
  readonly dots: boolean;
  readonly paths: readonly ShownPath[];
  /** Names of the axes. */
  readonly a: string;
  readonly b: string;
}

/** A run's checkpoints, with the colour that it has in the legend. */
export interface ShownPath extends SurfacePath {
  /** Place among the colours of runs. */
  readonly place: number;
}

/** How far off the plane a checkpoint lies, from 0 (on it) to 1 (the farthest of all that are shown). */
export function remoteness(distance: number, farthest: number): number {
  return farthest > 0 ? Math.min(1, Math.max(0, distance / farthest)) : 0;
}

/** Size and strength of a checkpoint's mark: what lies far from the plane is small and faint. */
export function markOf(distance: number, farthest: number): { radius: number; opacity: number } {
  const far = remoteness(distance, farthest);
  return { radius: 5 - 3 * far, opacity: 1 - 0.65 * far };
}

/** Edges of the cells around the points of an axis: halfway between them, and at the outer points themselves. */
export function cellEdges(axis: readonly number[]): number[] {
  return [axis[0]!, ...axis.slice(1).map((value, index) => (axis[index]! + value) / 2), axis.at(-1)!];
}

/** Rectangles around points that `fits`, as polygons. */
export function cellsOf(field: Field, fits: (index: number) => boolean): number[] {
  const columns = cellEdges(field.a);
  const rows = cellEdges(field.b);
  const width = field.a.length;
  const polygons: number[] = [];
  for (let index = 0; index < field.kinds.length; index += 1) {
    if (!fits(index)) continue;
    const [x, y] = [index % width, Math.floor(index / width)];
    const [left, right, low, high] = [columns[x]!, columns[x + 1]!, rows[y]!, rows[y + 1]!];
    polygons.push(4, left, low, right, low, right, high, left, high);
  }
  return polygons;
}

/** Short strokes from corner to corner of the cells of one kind: `/` for estimates, `×` where there is no finite value. */
export function strokesOf(field: Field, kind: number): number[][] {
  const columns = cellEdges(field.a);
  const rows = cellEdges(field.b);
  const width = field.a.length;
  const lines: number[][] = [];
  field.kinds.forEach((own, index) => {
    if (own !== kind) return;
    const [x, y] = [index % width, Math.floor(index / width)];
    const [left, right, low, high] = [columns[x]!, columns[x + 1]!, rows[y]!, rows[y + 1]!];
    lines.push([left, low, right, high]);
    if (kind === pointKinds.infinite) lines.push([left, high, right, low]);
  });
  return lines;
}
