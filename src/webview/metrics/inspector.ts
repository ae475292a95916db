import { beeswarm } from '../kit/beeswarm';
import { element, replaceChildren, svgElement } from '../kit/dom';
import { counted, tickText, valueText } from '../kit/format';
import { type Measure, measureOf, measures } from '../kit/measures';
import { closeRange, positionOf, type AxisRange, unitRange } from '../kit/ranges';
import { estimate } from '../kit/statistics';
import { lookColour, type Theme } from '../kit/theme';
import { type Dropdown, dropdown, quietButton } from '../kit/widgets';
import type { EpochDetails } from '../protocol/metrics';
import type { ImageValues, Split } from '../protocol/run';

/** What the inspector asks of its panel. */
export interface InspectorEvents {
  close(): void;
  go(folder: string, epoch: number): void;
  metric(key: string): void;
  open(image: string, what: 'prediction' | 'image' | 'mask'): void;
  openRun(what: 'folder' | 'log' | 'experiment'): void;
  /** Show the maps of this epoch: of an image, or of the first. */
  heatmap(image?: string): void;
}

/** What it is about. */
export interface Inspected {
  readonly folder: string;
  readonly epoch: number;
  readonly metric: string;
  /** Names of all runs by folder, to switch between them at one epoch. */
  readonly names: readonly { readonly folder: string; readonly name: string }[];
  /** Evaluated epochs of this run, in order. */
  readonly epochs: readonly number[];
  readonly details: EpochDetails | null;
  /** Why there are no details. */
  readonly problem: string | null;
}

const stripWidth = 460;

/** One epoch of one run: how its images are spread, which are bad, and the pictures that are on the disk. */
export class Inspector {
  readonly root = element('aside', { class: 'inspector', 'aria-label': 'One epoch', hidden: true });
  private readonly head = element('div', { class: 'inspector-head' });
  private readonly body = element('div', { class: 'inspector-body' });
  private readonly run: Dropdown;
  private readonly metric: Dropdown;
  private readonly title = element('span', { class: 'inspector-title' });
  private readonly before: HTMLButtonElement;
  private readonly after: HTMLButtonElement;
  private now: Inspected | null = null;

  constructor(private readonly events: InspectorEvents) {
    this.run = dropdown('Run', [], '', (folder) => this.now && events.go(folder, this.now.epoch));
    this.metric = dropdown(
      'Metric',
      measures.map(({ key, title }) => ({ value: key, text: title })),
      'iou',
      (key) => events.metric(key),
    );
    this.before = quietButton('◀', 'Evaluation before', () => this.step(-1));
    this.after = quietButton('▶', 'Next evaluation', () => this.step(1));
    this.head.append(
      this.before,
      this.title,
      this.after,
      this.run.root,
      this.metric.root,
      element(
        'span',
        { class: 'push' },
        quietButton('heatmap', 'Open the confidence heatmap of this epoch', () => events.heatmap()),
        quietButton('log', 'Open the run’s log', () => events.openRun('log')),
        quietButton('folder', 'Show the run’s folder', () => events.openRun('folder')),
        quietButton('close', 'Close (Escape)', () => events.close()),
      ),
    );
    this.root.append(this.head, this.body);
    this.root.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') events.close();
    });
  }

  show(inspected: Inspected | null, theme: Theme): void {
    this.now = inspected;
    this.root.hidden = inspected === null;
    if (inspected === null) return;
    const { folder, epoch, names, epochs, metric, details, problem } = inspected;
    this.title.textContent = `Epoch ${epoch}`;
    this.before.disabled = !epochs.some((other) => other < epoch);
    this.after.disabled = !epochs.some((other) => other > epoch);
    this.run.root.hidden = names.length < 2;
    this.run.set(
      folder,
      names.map((run) => ({ value: run.folder, text: run.name })),
    );
    this.metric.set(metric);
    if (problem !== null) replaceChildren(this.body, element('p', { class: 'notice' }, problem));
    else if (details === null) replaceChildren(this.body, element('p', { class: 'muted' }, 'Reading …'));
    else this.fill(details, measureOf(metric), theme);
  }

  private step(by: -1 | 1): void {
    if (this.now === null) return;
    const { epochs, epoch, folder } = this.now;
    const next = by > 0 ? epochs.find((other) => other > epoch) : epochs.findLast((other) => other < epoch);
    if (next !== undefined) this.events.go(folder, next);
  }

  private fill(details: EpochDetails, measure: Measure, theme: Theme): void {
    const splits = (['test', 'train'] as const).flatMap((split) => {
      const values = details.splits[split];
      return values === null ? [] : [{ split, values }];
    });
    if (splits.length === 0) {
      replaceChildren(this.body, element('p', { class: 'muted' }, 'This epoch was not evaluated.'));
      return;
    }
    const all = splits.flatMap(({ values }) => Array.from(values.values[measure.key] ?? [])).filter(Number.isFinite);
    const range = measure.scale === 'free' ? closeRange(Math.min(...all), Math.max(...all)) : fitted(all);
    replaceChildren(
      this.body,
      element(
        'div',
        { class: 'spread' },
        element(
          'p',
          { class: 'muted' },
          `${measure.title} of every image. Click a dot ${details.checkpoint ? 'to see its confidence heatmap' : 'to open its prediction'}, a name to open the image.`,
        ),
        ...splits.map(({ split, values }) => this.strip(split, values, measure, range, theme, details.checkpoint)),
        this.pictures(details),
      ),
      ...splits.map(({ split, values }) => this.list(split, values, measure, details)),
    );
  }

  private strip(
    split: Split,
    values: ImageValues,
    measure: Measure,
    range: AxisRange,
    theme: Theme,
    kept: boolean,
  ): HTMLElement {
    const numbers = values.values[measure.key] ?? new Float64Array();
    const dots = beeswarm(numbers, (value) => positionOf(range, value), 8 / stripWidth);
    const rows = Math.min(5, Math.max(0, ...dots.map((dot) => Math.abs(dot.row))));
    const middle = 8 + rows * 7;
    const height = 2 * middle + 18;
    const x = (share: number): number => 20 + share * stripWidth;
    const colour = lookColour(theme, { colour: split, variant: 0 });
    const { mean, half, n } = estimate(numbers);
    const svg = svgElement('svg', {
      class: 'strip',
      viewBox: `0 0 ${stripWidth + 40} ${height}`,
      role: 'img',
      'aria-label': `${measure.title} of the ${n} ${split} images, mean ${valueText(mean, measure.digits)}`,
    });
    const line = (x1: number, y1: number, x2: number, y2: number, stroke: string, width: number): SVGElement =>
      svgElement('line', { x1, y1, x2, y2, stroke, 'stroke-width': width });
    svg.append(line(x(0), 2 * middle, x(1), 2 * middle, theme.hairline, 1));
    for (const tick of range.ticks) {
      const text = svgElement('text', {
        x: x(positionOf(range, tick)),
        y: height - 4,
        fill: theme.muted,
        'font-size': 11,
        'text-anchor': 'middle',
      });
      text.textContent = tickText(tick);
      svg.append(
        line(x(positionOf(range, tick)), 2 * middle, x(positionOf(range, tick)), 2 * middle + 3, theme.muted, 1),
        text,
      );
    }
    for (const dot of dots) {
      const name = values.images[dot.index]!;
      const circle = svgElement('circle', {
        class: 'dot',
        cx: x(dot.at),
        cy: middle + Math.sign(dot.row) * Math.min(rows, Math.abs(dot.row)) * 7,
        r: 4,
        fill: colour,
        'fill-opacity': 0.65,
        stroke: colour,
      });
      const title = svgElement('title', {});
      title.textContent = `${name}: ${valueText(numbers[dot.index], measure.digits)}`;
      circle.append(title);
      circle.addEventListener('click', () => (kept ? this.events.heatmap(name) : this.events.open(name, 'prediction')));
      svg.append(circle);
    }
    if (Number.isFinite(mean)) {
      const at = x(positionOf(range, mean));
      svg.append(line(at, 2, at, 2 * middle, theme.ink, 1.6));
      if (Number.isFinite(half)) {
        const [low, high] = [mean - half, mean + half].map((end) =>
          x(Math.min(1, Math.max(0, positionOf(range, end)))),
        );
        svg.append(line(low!, 3, high!, 3, theme.ink, 3));
      }
    }
    return element(
      'div',
      {},
      element(
        'div',
        { class: 'strip-title' },
        element('b', {}, split),
        ` ${counted(n, 'image')}, mean ${valueText(mean, measure.digits)}${Number.isFinite(half) ? ` ± ${half.toFixed(measure.digits)}` : ''}`,
        n < values.images.length &&
          element('span', { class: 'muted' }, ` (undefined for ${values.images.length - n} more)`),
      ),
      svg as unknown as HTMLElement,
    );
  }

  private list(split: Split, values: ImageValues, measure: Measure, details: EpochDetails): HTMLElement {
    const numbers = values.values[measure.key] ?? new Float64Array();
    const sign = measure.better === 'lower' || measure.key === 'loss' ? -1 : 1;
    const order = values.images
      .map((image, index) => ({ image, value: numbers[index] ?? NaN }))
      .sort((a, b) => (Number.isNaN(a.value) ? 1 : Number.isNaN(b.value) ? -1 : sign * (a.value - b.value)));
    const drawn = new Set(details.predictions.map(({ image }) => image));
    const link = (text: string, title: string, onClick: () => void): HTMLElement => {
      const made = quietButton(text, title, onClick);
      made.classList.add('link');
      return made;
    };
    return element(
      'div',
      { class: 'images' },
      element(
        'table',
        {},
        element('caption', {}, `${split}: ${sign > 0 ? 'lowest' : 'highest'} ${measure.short} first`),
        element(
          'tbody',
          {},
          ...order.map(({ image, value }) =>
            element(
              'tr',
              {},
              element(
                'th',
                { scope: 'row' },
                link(image, 'Open the image', () => this.events.open(image, 'image')),
              ),
              element('td', { class: 'number' }, valueText(value, measure.digits)),
              element(
                'td',
                {},
                details.checkpoint && link('map', 'Open its confidence heatmap', () => this.events.heatmap(image)),
                link('mask', 'Open the true mask', () => this.events.open(image, 'mask')),
                drawn.has(image) &&
                  link('prediction', 'Open the prediction', () => this.events.open(image, 'prediction')),
              ),
            ),
          ),
        ),
      ),
    );
  }

  private pictures(details: EpochDetails): HTMLElement {
    const kept = details.checkpoint
      ? 'The weights of this epoch are kept.'
      : 'The weights of this epoch are not on the disk.';
    if (details.predictions.length === 0) {
      return element('p', { class: 'muted' }, `${kept} Predictions are kept for the newest evaluation only.`);
    }
    return element(
      'div',
      {},
      element('p', { class: 'muted' }, `${kept} Probability of foreground, white is 1:`),
      element(
        'div',
        { class: 'pictures' },
        ...details.predictions.map(({ image, source }) => {
          const made = element(
            'button',
            {
              class: 'picture',
              type: 'button',
              title: `Open the prediction of ${image}`,
              onclick: () => this.events.open(image, 'prediction'),
            },
            element('img', { src: source, alt: `Predicted foreground probability of ${image}` }),
            element('span', {}, image),
          );
          if (!details.checkpoint) return made;
          const title = `Open the confidence heatmap of ${image}`;
          return element(
            'div',
            {},
            made,
            quietButton('map', title, () => this.events.heatmap(image)),
          );
        }),
      ),
    );
  }
}

/** An axis of shares that fits the values, with 0 or 1 at its end when they come near. */
function fitted(values: readonly number[]): AxisRange {
  if (values.length === 0) return unitRange;
  const range = closeRange(Math.min(...values), Math.min(1, Math.max(...values)));
  const max = Math.min(1, range.max);
  const min = Math.max(0, range.min);
  return { ...range, min, max, ticks: range.ticks.filter((tick) => tick >= min - 1e-9 && tick <= max + 1e-9) };
}
