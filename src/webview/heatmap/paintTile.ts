import type { Rect } from '../kit/panes';
import { clamped, type Place, pointAt, scaleOf, type Size, type View } from './viewport';

/** Something to draw at its own resolution over a part of an image. */
export interface Layered {
  readonly source: CanvasImageSource;
  /** Where it lies, in pixels of the image. */
  readonly region: Rect;
}

/** A line between classes, in pixels of the image. */
export interface Contour {
  readonly path: Path2D;
  readonly colour: string;
  readonly dashed: boolean;
}

/** What is drawn inside the axes of a tile. */
export interface TileDrawing {
  /** The photograph's size: what the axes count. */
  readonly size: Size;
  readonly photo: Layered | null;
  readonly map: Layered | null;
  /** Of the map over the photograph, 0 to 1. */
  readonly opacity: number;
  readonly contours: readonly Contour[];
}

/** What lies over the map: the same place in every tile. */
export interface Marks {
  readonly cursor: Place | null;
  /** Opposite corners of a rectangle. */
  readonly region: readonly [Place, Place] | null;
  readonly ink: string;
  readonly ground: string;
}

/**
 * Draws the shown part of an image into a plot: the photograph, the map over it, contours, and the marks. Pixels stay square and
 * sharp: nothing is interpolated, so that a colour on the screen is a value of the map.
 *
 * @param draft while the view moves: leaves out the contours, which are slow when they are long, and shrinks a photograph without
 *   smoothing, which is slow when it is large.
 */
export function paintTile(
  context: CanvasRenderingContext2D,
  drawing: TileDrawing,
  view: View,
  plot: Rect,
  marks: Marks,
  draft = false,
): void {
  const { size, photo, map, opacity, contours } = drawing;
  const shown = clamped(view, plot, size);
  const scale = scaleOf(shown, plot, size);
  const origin = pointAt(shown, plot, size, { x: 0, y: 0 });
  context.save();
  context.beginPath();
  context.rect(plot.left, plot.top, plot.width, plot.height);
  context.clip();
  context.save();
  context.translate(origin.x, origin.y);
  context.scale(scale, scale);
  const lay = ({ source, region }: Layered): void =>
    context.drawImage(source, region.left, region.top, region.width, region.height);
  if (photo) {
    // A photograph that is shrunk is looked at, not read off.
    context.imageSmoothingEnabled = scale < 1 && !draft;
    lay(photo);
  }
  if (map) {
    context.imageSmoothingEnabled = false;
    context.globalAlpha = opacity;
    lay(map);
    context.globalAlpha = 1;
  }
  if (!draft) for (const contour of contours) strokeContour(context, contour, scale, marks.ground);
  context.restore();
  if (marks.region) paintRegion(context, marks.region, (place) => pointAt(shown, plot, size, place), marks);
  if (marks.cursor)
    paintCursor(context, marks.cursor, size, scale, (place) => pointAt(shown, plot, size, place), marks);
  context.restore();
}

function strokeContour(context: CanvasRenderingContext2D, contour: Contour, scale: number, ground: string): void {
  context.lineWidth = 3.4 / scale;
  context.strokeStyle = ground;
  context.globalAlpha = 0.55;
  context.setLineDash([]);
  context.stroke(contour.path);
  context.globalAlpha = 1;
  context.lineWidth = 1.6 / scale;
  context.strokeStyle = contour.colour;
  context.setLineDash(contour.dashed ? [4 / scale, 3 / scale] : []);
  context.stroke(contour.path);
  context.setLineDash([]);
}

type ToScreen = (place: Place) => { x: number; y: number };

function paintRegion(
  context: CanvasRenderingContext2D,
  [a, b]: readonly [Place, Place],
  to: ToScreen,
  marks: Marks,
): void {
  const [from, end] = [to(a), to(b)];
  const rect = [
    Math.min(from.x, end.x),
    Math.min(from.y, end.y),
    Math.abs(end.x - from.x),
    Math.abs(end.y - from.y),
  ] as const;
  twice(context, marks, () => context.strokeRect(...rect));
}

/** A cross with a gap around its pixel, and the pixel's outline when it is large enough to see. */
function paintCursor(
  context: CanvasRenderingContext2D,
  cursor: Place,
  size: Size,
  scale: number,
  to: ToScreen,
  marks: Marks,
): void {
  const column = Math.floor(cursor.x * size.width);
  const row = Math.floor(cursor.y * size.height);
  const from = to({ x: column / size.width, y: row / size.height });
  const middle = { x: from.x + scale / 2, y: from.y + scale / 2 };
  const gap = Math.max(6, scale / 2 + 3);
  const arm = 14;
  twice(context, marks, () => {
    context.beginPath();
    for (const [x, y] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      context.moveTo(middle.x + x * gap, middle.y + y * gap);
      context.lineTo(middle.x + x * (gap + arm), middle.y + y * (gap + arm));
    }
    if (scale >= 6) context.rect(from.x, from.y, scale, scale);
    context.stroke();
  });
}

/** Light and dark, so that it is seen on any map. */
function twice(context: CanvasRenderingContext2D, { ink, ground }: Marks, stroke: () => void): void {
  context.setLineDash([]);
  context.strokeStyle = ground;
  context.lineWidth = 3;
  stroke();
  context.strokeStyle = ink;
  context.lineWidth = 1;
  stroke();
}
