/** What the pointer does on a map. Points are in pixels of the tile. */
export interface MapGestures {
  hover(point: { x: number; y: number }): void;
  leave(): void;
  click(point: { x: number; y: number }): void;
  pan(by: { x: number; y: number }): void;
  zoom(point: { x: number; y: number }, factor: number): void;
  /** A rectangle is being drawn; `done` when the button was let go of. */
  region(from: { x: number; y: number }, to: { x: number; y: number }, done: boolean): void;
  /** Whether a drag draws a rectangle without Shift. */
  drawing(): boolean;
  /** The view has come to rest. */
  rest(): void;
}

/** Further than this is a drag, not a click. */
const dragPixels = 4;
const restMilliseconds = 120;

/**
 * Listens to the pointer over a map: drag moves the image, with Shift it draws a rectangle, Ctrl and the wheel (or two fingers)
 * come closer and move away, as in the editor's own picture view; so does a double click.
 */
export function listenToMap(surface: HTMLElement, gestures: MapGestures): void {
  let drag: { x: number; y: number; lastX: number; lastY: number; region: boolean; moved: boolean } | null = null;
  let resting: ReturnType<typeof setTimeout> | undefined;
  const point = (event: MouseEvent): { x: number; y: number } => {
    const { left, top } = surface.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const restSoon = (): void => {
    clearTimeout(resting);
    resting = setTimeout(() => gestures.rest(), restMilliseconds);
  };
  surface.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const { x, y } = point(event);
    drag = { x, y, lastX: x, lastY: y, region: event.shiftKey || gestures.drawing(), moved: false };
    surface.setPointerCapture(event.pointerId);
  });
  surface.addEventListener('pointermove', (event) => {
    const at = point(event);
    if (!drag) {
      gestures.hover(at);
      return;
    }
    drag.moved ||= Math.hypot(at.x - drag.x, at.y - drag.y) > dragPixels;
    if (!drag.moved) return;
    if (drag.region) gestures.region(drag, at, false);
    else {
      gestures.pan({ x: at.x - drag.lastX, y: at.y - drag.lastY });
      restSoon();
    }
    [drag.lastX, drag.lastY] = [at.x, at.y];
  });
  surface.addEventListener('pointerup', (event) => {
    if (!drag) return;
    const { region, moved } = drag;
    const at = point(event);
    const from = { x: drag.x, y: drag.y };
    drag = null;
    surface.releasePointerCapture(event.pointerId);
    if (!moved) gestures.click(at);
    else if (region) gestures.region(from, at, true);
  });
  surface.addEventListener('pointercancel', () => (drag = null));
  surface.addEventListener('pointerleave', () => {
    if (!drag) gestures.leave();
  });
  surface.addEventListener('dblclick', (event) => {
    gestures.zoom(point(event), event.altKey ? 0.5 : 2);
    gestures.rest();
  });
  surface.addEventListener(
    'wheel',
    (event) => {
      // Two fingers on a pad arrive as a wheel with Ctrl.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      gestures.zoom(point(event), Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.003)));
      restSoon();
    },
    { passive: false },
  );
}
