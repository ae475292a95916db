import type { ChartModel, Zoom } from './chartModel';
import type { ShownAxes } from './chartSeries';
import type { Rect } from './panes';
import { type AxisRange, valueAt } from './ranges';

/** A stretch of a pane that the pointer has drawn, as shares of its width and height: 0 left and bottom, 1 right and top. */
export interface Stretch {
  readonly pane: number;
  readonly x: readonly [number, number] | null;
  readonly y: readonly [number, number] | null;
}

/** Further than this is a drag, not a click. */
const dragPixels = 5;
/** A drag that is narrower or flatter than this zooms one axis only. */
const bandPixels = 14;
/** The stretch between two points of a drag that began in a pane; null when it is too small to mean one. */
export function stretchOf(
  rect: Rect,
  pane: number,
  from: { x: number; y: number },
  to: { x: number; y: number },
  onlyY: boolean,
): Stretch | null {
  const width = Math.abs(to.x - from.x);
  const height = Math.abs(to.y - from.y);
  if (Math.max(onlyY ? 0 : width, height) < dragPixels) return null;
  const share = (value: number): number => Math.min(1, Math.max(0, value));
  const x = [from.x, to.x].map((at) => share((at - rect.left) / rect.width)).sort((a, b) => a - b);
  const y = [from.y, to.y].map((at) => share(1 - (at - rect.top) / rect.height)).sort((a, b) => a - b);
  const flat = height < bandPixels && width >= bandPixels;
  const narrow = width < bandPixels && height >= bandPixels;
  return {
    pane,
    x: onlyY || narrow ? null : (x as [number, number]),
    y: flat && !onlyY ? null : (y as [number, number]),
  };
}

/** The zoom after a box has been drawn on what is shown. */
export function zoomedTo(model: ChartModel, axes: ShownAxes, zoom: Zoom, { pane, x, y }: Stretch): Zoom {
  const ends = (range: AxisRange, [low, high]: readonly [number, number]): [number, number] => [
    valueAt(range, low),
    valueAt(range, high),
  ];
  return {
    ...zoom,
    ...(x ? { x: ends(axes.x, x) } : {}),
    ...(y ? { y: { ...zoom.y, [model.sharedY ? 0 : pane]: ends(axes.y[pane]!, y) } } : {}),
  };
}

/** Comes closer to a share of an axis (factor below 1) or moves away, never beyond the whole. */
export function zoomedAround(
  model: ChartModel,
  axes: ShownAxes,
  zoom: Zoom,
  { axis, pane, around, factor }: { axis: 'x' | 'y'; pane: number; around: number; factor: number },
): Zoom {
  const shown = axis === 'x' ? axes.x : axes.y[pane]!;
  const whole = axis === 'x' ? model.x : model.y[pane]!;
  const low = Math.max(whole.min, valueAt(shown, around - around * factor));
  const high = Math.min(whole.max, valueAt(shown, around + (1 - around) * factor));
  const everything = low <= whole.min && high >= whole.max;
  if (axis === 'x') {
    const { x: _, ...rest } = zoom;
    return everything ? rest : { ...rest, x: [low, high] };
  }
  const key = model.sharedY ? 0 : pane;
  const { [key]: _, ...others } = zoom.y ?? {};
  const y = everything ? others : { ...others, [key]: [low, high] as const };
  return Object.keys(y).length === 0 ? { ...(zoom.x ? { x: zoom.x } : {}) } : { ...zoom, y };
}

export function isZoomed(zoom: Zoom): boolean {
  return zoom.x !== undefined || Object.keys(zoom.y ?? {}).length > 0;
}
