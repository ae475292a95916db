import type { ColourMapName } from '../../engine/insight/maps';
import { contourLines } from '../heatmap/contour';
import { element } from '../kit/dom';
import { tickText } from '../kit/format';
import type { NetworkFeatures, NetworkImage } from '../protocol/network';
import { type MapFacts, mapOf, paintValues } from './features';

/** What is looked at closely. */
export interface ShownClosely {
  readonly maps: NetworkFeatures;
  readonly facts: MapFacts;
  readonly range: readonly [number, number];
  readonly colours: ColourMapName;
  readonly image: NetworkImage | null;
}

/** One feature map in full, beside the part of the photograph that it lies over: a cursor in one is a cursor in both. */
export class CloseView {
  readonly photo = new Pane('Photograph', 'target outlined');
  readonly map = new Pane('Feature map', '');
  private readonly reading = element('p', { class: 'reading', 'aria-live': 'polite' });
  readonly root = element('div', { class: 'close' }, this.photo.root, this.map.root);
  readonly line = this.reading;
  private shown: ShownClosely | null = null;
  private drawn: readonly unknown[] = [];

  constructor() {
    for (const pane of [this.photo, this.map]) {
      pane.surface.addEventListener('pointermove', (event) => {
        const box = pane.surface.getBoundingClientRect();
        this.point((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
      });
      pane.surface.addEventListener('pointerleave', () => this.point(NaN, NaN));
    }
  }

  show(shown: ShownClosely): void {
    this.shown = shown;
    const { maps, facts, range, colours, image } = shown;
    this.map.title.textContent = `Map ${facts.channel} of ${maps.layer}`;
    const now = [maps, facts.channel, range[0], range[1], colours, image];
    if (now.length === this.drawn.length && now.every((one, i) => one === this.drawn[i])) return;
    this.drawn = now;
    const [, height, width] = maps.shape;
    const { canvas } = this.map;
    canvas.width = width;
    canvas.height = height;
    canvas.classList.toggle('coarse', Math.max(width, height) < 300);
    this.map.surface.classList.toggle('silent', facts.silent);
    const context = canvas.getContext('2d')!;
    const data = context.createImageData(width, height);
    paintValues(mapOf(maps, facts.channel), range, colours, data.data);
    context.putImageData(data, 0, 0);
    this.map.surface.style.aspectRatio = this.photo.surface.style.aspectRatio = `${maps.width} / ${maps.height}`;
    this.photo.note.textContent = image?.labels ? 'target outlined' : '';
    if (image) drawPhoto(this.photo.canvas, image, maps);
    this.point(NaN, NaN);
  }

  /** Shows the cursor at a share of the way across and down; not a number: nowhere. */
  private point(x: number, y: number): void {
    const { shown } = this;
    for (const pane of [this.photo, this.map]) pane.point(x, y);
    if (!shown) return;
    const { maps, facts } = shown;
    if (!(x >= 0 && x < 1 && y >= 0 && y < 1)) {
      this.reading.textContent = factsLine(facts);
      return;
    }
    const [, height, width] = maps.shape;
    const [row, column] = [Math.floor(y * height), Math.floor(x * width)];
    const value = mapOf(maps, facts.channel)[row * width + column]!;
    const at = `row ${maps.top + Math.floor(y * maps.height)}, column ${maps.left + Math.floor(x * maps.width)}`;
    this.reading.textContent = `${tickText(Number(value.toPrecision(4)))} at ${at} of the image (map row ${row}, column ${column})`;
  }
}

/** A picture with its title and a cursor. */
class Pane {
  readonly canvas = element('canvas', {});
  readonly title = element('h3');
  readonly note = element('span', { class: 'muted' });
  private readonly across = element('span', { class: 'cursor across', hidden: true });
  private readonly down = element('span', { class: 'cursor down', hidden: true });
  readonly surface = element('div', { class: 'pane-surface' }, this.canvas, this.across, this.down);
  readonly root = element(
    'div',
    { class: 'pane' },
    element('div', { class: 'pane-head' }, this.title, this.note),
    this.surface,
  );

  constructor(title: string, note: string) {
    this.title.textContent = title;
    this.note.textContent = note;
  }

  point(x: number, y: number): void {
    const on = x >= 0 && x < 1 && y >= 0 && y < 1;
    this.across.hidden = this.down.hidden = !on;
    if (!on) return;
    this.across.style.top = `${100 * y}%`;
    this.down.style.left = `${100 * x}%`;
  }
}

function factsLine({ mean, low, high, active, silent }: MapFacts): string {
  if (silent) return 'Silent: 0 at every place of this image.';
  const text = (value: number): string => tickText(Number(value.toPrecision(3)));
  return `Mean ${text(mean)}, from ${text(low)} to ${text(high)}; not 0 at ${Math.round(100 * active)} % of its places.`;
}

/** The part of the photograph that the maps lie over, with the edge of the target. */
function drawPhoto(
  canvas: HTMLCanvasElement,
  image: NetworkImage,
  { top, left, height, width }: NetworkFeatures,
): void {
  const { photo, labels } = image;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  const whole = context.createImageData(image.width, image.height);
  for (let i = 0, from = 0, to = 0; i < image.width * image.height; i += 1, from += 3, to += 4) {
    whole.data[to] = photo[from]!;
    whole.data[to + 1] = photo[from + 1]!;
    whole.data[to + 2] = photo[from + 2]!;
    whole.data[to + 3] = 255;
  }
  context.putImageData(whole, -left, -top);
  if (!labels) return;
  const lines = contourLines(labels, image.height, image.width);
  context.translate(-left, -top);
  for (const [colour, thick] of [
    ['#000', 3],
    ['#fff', 1.4],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = thick * Math.max(1, Math.max(width, height) / 420);
    context.beginPath();
    for (let i = 0; i < lines.length; i += 4) {
      context.moveTo(lines[i]!, lines[i + 1]!);
      context.lineTo(lines[i + 2]!, lines[i + 3]!);
    }
    context.stroke();
  }
}
