import type { ChartModel, Zoom } from './chartModel';
import type { ShownAxes } from './chartOption';
import type { Stretch } from './gestures';
import { type AxisRange, valueAt } from './ranges';

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
