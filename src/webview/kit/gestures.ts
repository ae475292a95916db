import type { Rect } from './panes';
import { type Stretch, stretchOf } from './zoom';

/** What the pointer does on a chart. Positions are in pixels of the chart. */
export interface Gestures {
  hover(x: number, y: number): void;
  leave(): void;
  click(x: number, y: number): void;
  zoom(stretch: Stretch): void;
  /** The wheel over the numbers of a y axis: `factor` below 1 comes closer, around a share of the height. */
  wheel(pane: number, around: number, factor: number): void;
  reset(): void;
}

/** So long a click waits for a second one, which would mean reset. */
const doubleClickMilliseconds = 250;

/**
 * Listens to the pointer over a chart: drag draws a box (a flat one zooms x only, a narrow one or one with Shift y only), a
 * double click resets.
 */
export function listen(surface: HTMLElement, box: HTMLElement, panes: () => readonly Rect[], gestures: Gestures): void {
  let drag: { pane: number; x: number; y: number; stretch: Stretch | null } | null = null;
  let clicked: ReturnType<typeof setTimeout> | undefined;
  const place = (event: MouseEvent): { x: number; y: number } => {
    const { left, top } = surface.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const paneAt = (x: number, y: number): number =>
    panes().findIndex(
      (pane) => x >= pane.left && x <= pane.left + pane.width && y >= pane.top && y <= pane.top + pane.height,
    );
  const drawBox = (stretch: Stretch | null): void => {
    box.hidden = stretch === null;
    if (stretch === null) return;
    const rect = panes()[stretch.pane]!;
    const [x, y] = [stretch.x ?? [0, 1], stretch.y ?? [0, 1]];
    box.style.left = `${rect.left + x[0] * rect.width}px`;
    box.style.width = `${(x[1] - x[0]) * rect.width}px`;
    box.style.top = `${rect.top + (1 - y[1]) * rect.height}px`;
    box.style.height = `${(y[1] - y[0]) * rect.height}px`;
  };

  surface.addEventListener('pointerdown', (event) => {
    const { x, y } = place(event);
    const pane = event.button === 0 ? paneAt(x, y) : -1;
    if (pane < 0) return;
    drag = { pane, x, y, stretch: null };
    surface.setPointerCapture(event.pointerId);
  });
  surface.addEventListener('pointermove', (event) => {
    const at = place(event);
    if (drag) {
      drag.stretch = stretchOf(panes()[drag.pane]!, drag.pane, drag, at, event.shiftKey);
      drawBox(drag.stretch);
      if (drag.stretch) gestures.leave();
    } else gestures.hover(at.x, at.y);
  });
  surface.addEventListener('pointerup', (event) => {
    if (!drag) return;
    const { stretch, x, y } = drag;
    drag = null;
    drawBox(null);
    surface.releasePointerCapture(event.pointerId);
    if (stretch) gestures.zoom(stretch);
    else {
      clearTimeout(clicked);
      clicked = setTimeout(() => gestures.click(x, y), doubleClickMilliseconds);
    }
  });
  surface.addEventListener('pointercancel', () => {
    drag = null;
    drawBox(null);
  });
  surface.addEventListener('pointerleave', () => {
    if (!drag) gestures.leave();
  });
  surface.addEventListener('dblclick', () => {
    clearTimeout(clicked);
    gestures.reset();
  });
  surface.addEventListener(
    'wheel',
    (event) => {
      const { x, y } = place(event);
      const pane = panes().findIndex(
        (rect) => x < rect.left && x > rect.left - 46 && y >= rect.top && y <= rect.top + rect.height,
      );
      if (pane < 0) return;
      event.preventDefault();
      const rect = panes()[pane]!;
      gestures.wheel(pane, 1 - (y - rect.top) / rect.height, event.deltaY < 0 ? 0.8 : 1.25);
    },
    { passive: false },
  );
}
