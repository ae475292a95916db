import type { Rect } from '../kit/panes';

/** The part of an image that is shown: its middle as shares of width and height, and how many times closer than whole. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** An image's size in its pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place in an image, as shares of its width and height: the same for images of other sizes. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export const wholeView: View = Object.freeze({ x: 0.5, y: 0.5, zoom: 1 });

/** One pixel of an image never becomes larger than this on the screen. */
export const largestPixel = 64;

/** Screen pixels per image pixel. */
export function scaleOf(view: View, plot: Rect, size: Size): number {
  return view.zoom * Math.min(plot.width / size.width, plot.height / size.height);
}

/** A view that does not leave the image and is neither farther than whole nor closer than useful. */
export function clamped(view: View, plot: Rect, size: Size): View {
  const fit = scaleOf(wholeView, plot, size);
  const zoom = Math.min(Math.max(1, view.zoom), Math.max(1, largestPixel / fit));
  const middle = (at: number, share: number): number =>
    share >= 1 ? 0.5 : Math.min(1 - share / 2, Math.max(share / 2, at));
  return {
    x: middle(view.x, plot.width / (fit * zoom * size.width)),
    y: middle(view.y, plot.height / (fit * zoom * size.height)),
    zoom,
  };
}

/** The place under a point of the screen. */
export function placeAt(view: View, plot: Rect, size: Size, point: { x: number; y: number }): Place {
  const scale = scaleOf(view, plot, size);
  return {
    x: view.x + (point.x - plot.left - plot.width / 2) / (scale * size.width),
    y: view.y + (point.y - plot.top - plot.height / 2) / (scale * size.height),
  };
}

/** Where a place is on the screen: the inverse of `placeAt`. */
export function pointAt(view: View, plot: Rect, size: Size, place: Place): { x: number; y: number } {
  const scale = scaleOf(view, plot, size);
  return {
    x: plot.left + plot.width / 2 + (place.x - view.x) * scale * size.width,
    y: plot.top + plot.height / 2 + (place.y - view.y) * scale * size.height,
  };
}

/** Comes closer (factor above 1) or moves away, with the place under a point of the screen staying where it is. */
export function zoomedAt(view: View, plot: Rect, size: Size, point: { x: number; y: number }, factor: number): View {
  const place = placeAt(view, plot, size, point);
  const { zoom } = clamped({ ...view, zoom: view.zoom * factor }, plot, size);
  const share = view.zoom / zoom;
  const moved = { x: place.x + (view.x - place.x) * share, y: place.y + (view.y - place.y) * share, zoom };
  return clamped(moved, plot, size);
}

/** Moves the image by pixels of the screen. */
export function pannedBy(view: View, plot: Rect, size: Size, by: { x: number; y: number }): View {
  const scale = scaleOf(view, plot, size);
  const moved = { ...view, x: view.x - by.x / (scale * size.width), y: view.y - by.y / (scale * size.height) };
  return clamped(moved, plot, size);
}

/** Moves as little as it takes to have a place in sight. */
export function showing(view: View, plot: Rect, size: Size, place: Place): View {
  const scale = scaleOf(view, plot, size);
  const half = { x: plot.width / (2 * scale * size.width), y: plot.height / (2 * scale * size.height) };
  const near = (at: number, middle: number, reach: number): number =>
    Math.min(at + 0.9 * reach, Math.max(at - 0.9 * reach, middle));
  return clamped({ ...view, x: near(place.x, view.x, half.x), y: near(place.y, view.y, half.y) }, plot, size);
}

/** The pixel that holds a place; the outermost one for places outside. */
export function pixelAt(place: Place, size: Size): { row: number; column: number } {
  const index = (share: number, count: number): number => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  return { row: index(place.y, size.height), column: index(place.x, size.width) };
}

/** The middle of a pixel. */
export function placeOf(pixel: { row: number; column: number }, size: Size): Place {
  return { x: (pixel.column + 0.5) / size.width, y: (pixel.row + 0.5) / size.height };
}

/** Tiles of one shape in rows and columns: as large as fits into a room. */
export function gridOf(
  count: number,
  room: Size,
  aspect: number,
  extra: Size,
  gap: number,
): { columns: number; width: number; height: number } {
  let best = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const wide = (room.width - gap * (columns - 1)) / columns - extra.width;
    const high = (room.height - gap * (rows - 1)) / rows - extra.height;
    const width = Math.floor(Math.min(wide, high * aspect));
    if (width > best.width) best = { columns, width, height: Math.round(width / aspect) };
  }
  return best;
}
