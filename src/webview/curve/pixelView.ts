import { csvText, fileName } from '../kit/csv';
import { element, replaceChildren } from '../kit/dom';
import { button, dropdown, quietButton } from '../kit/widgets';
import { type CurveLoss, type CurvePixels, type CurveRun, pixelBins } from '../protocol/curve';
import type { ExportedFile, Split } from '../protocol/run';
import type { LoadedPixels } from './pixelLoader';
import { gradientShares, sharesByStretch, stretches } from './pixels';
import type { PixelChoice } from './state';

/** What the section about pixels asks of the panel. */
export interface PixelEvents {
  chooseRun(): void;
  changed(choice: PixelChoice | null): void;
  openHeatmap(choice: PixelChoice): void;
  save(file: ExportedFile): void;
}

/** Whose pixels lie under the curves, and what they mean for each loss. */
export class PixelView {
  readonly root: HTMLElement;
  private readonly controls = element('div', { class: 'controls' });
  private readonly run = element('span', { class: 'pixel-run' });
  private readonly epoch = element('input', { type: 'range', min: '0', step: '1', 'aria-label': 'Epoch' });
  private readonly epochText = element('output');
  private readonly image = dropdown('Image', [], '', (value) => this.pick(JSON.parse(value) as Partial<PixelChoice>));
  private readonly status = element('span', { class: 'muted', role: 'status' });
  private readonly tools: HTMLElement;
  private readonly tables = element('div', { class: 'pixel-tables' });
  private choice: PixelChoice | null = null;
  private loaded: LoadedPixels | null = null;
  private drawn: readonly unknown[] = [];

  constructor(private readonly events: PixelEvents) {
    this.epoch.addEventListener('input', () => {
      const epoch = this.loaded?.run?.epochs[Number(this.epoch.value)];
      if (epoch !== undefined) this.pick({ epoch });
    });
    this.tools = element(
      'span',
      { class: 'pixel-tools' },
      quietButton('heatmap', 'Open the confidence heatmap of this image at this epoch', () => {
        if (this.choice) events.openHeatmap(this.choice);
      }),
      quietButton('CSV', 'Save the histogram as CSV', () => this.save()),
      quietButton('none', 'No pixels under the curves', () => events.changed(null)),
    );
    this.controls.append(
      button('Choose a run…', () => events.chooseRun(), {
        title: 'The pixels of its images are laid under the curves',
      }),
      this.run,
      element('label', { class: 'field' }, element('span', {}, 'Epoch'), this.epoch, this.epochText),
      this.image.root,
      this.tools,
      this.status,
    );
    this.root = element(
      'section',
      { class: 'pixels', 'aria-label': 'Pixels in play' },
      element('h2', {}, 'Pixels in play'),
      element(
        'p',
        { class: 'muted' },
        'Behind the curves: where the pixels of a run lie, filled for the foreground and outlined for the background. ' +
          'A quarter of the height is a power of ten.',
      ),
      this.controls,
      this.tables,
    );
  }

  /** @param losses those that are switched on. */
  show(choice: PixelChoice | null, loaded: LoadedPixels, losses: readonly CurveLoss[]): void {
    this.choice = choice;
    this.loaded = loaded;
    const { run, counts, done, total, problem } = loaded;
    const on = choice !== null && run !== null;
    for (const part of [this.epoch.parentElement!, this.image.root, this.tools]) part.hidden = !on;
    this.run.textContent = on ? run.name : '';
    if (on) this.showChoice(choice, run);
    this.status.textContent =
      problem ?? (choice === null || done === total ? (counts?.notes.join(' ') ?? '') : `${done} of ${total} images`);
    this.status.classList.toggle('notice', problem !== null);
    this.tables.hidden = !on || counts === null;
    const inputs = [counts, losses.map(({ key, label }) => `${key} ${label}`).join('\n')];
    if (counts === null || inputs.every((input, index) => input === this.drawn[index])) return;
    this.drawn = inputs;
    replaceChildren(this.tables, pixelTable(counts), gradientTable(counts, losses));
  }

  private showChoice(choice: PixelChoice, run: CurveRun): void {
    const { epochs, images } = run;
    this.epoch.max = String(Math.max(0, epochs.length - 1));
    this.epoch.value = String(Math.max(0, epochs.indexOf(choice.epoch)));
    this.epoch.disabled = epochs.length < 2;
    this.epoch.setAttribute('aria-valuetext', `epoch ${choice.epoch}`);
    this.epochText.textContent = String(choice.epoch);
    const value = (split: Split, image: string | null): string => JSON.stringify({ split, image });
    const choices = (['test', 'train'] as const).flatMap((split) =>
      images[split].length === 0
        ? []
        : [
            { value: value(split, null), text: `all ${images[split].length} ${split} images` },
            ...images[split].map((name) => ({ value: value(split, name), text: `${name} (${split})` })),
          ],
    );
    this.image.set(value(choice.split, choice.image), choices);
  }

  private pick(part: Partial<PixelChoice>): void {
    if (this.choice) this.events.changed({ ...this.choice, ...part });
  }

  private save(): void {
    const { counts, run } = this.loaded ?? {};
    if (!counts || !run || !this.choice) return;
    const rows = (['pt', 'logit'] as const).flatMap((of) => {
      const [low, high] = pixelBins[of];
      const width = (high - low) / pixelBins.count;
      const { background, foreground } = counts[of];
      return Array.from(background, (count, bin) => [
        of,
        Number((low + bin * width).toPrecision(6)),
        Number((low + (bin + 1) * width).toPrecision(6)),
        count,
        foreground[bin]!,
      ]);
    });
    const content = csvText(['of', 'from', 'to', 'background', 'foreground'], rows);
    this.events.save({ name: fileName(`losscape pixels ${run.name} epoch ${this.choice.epoch}`, 'csv'), content });
  }
}

function pixelTable({ pt }: CurvePixels): HTMLElement {
  const heads = stretches.slice(1).map((end, index) => `${stretches[index]!} – ${end}`);
  return table(
    'Share of the pixels, by pt',
    ['pixels', ...heads],
    (['foreground', 'background'] as const).map((name) => [name, ...sharesByStretch(pt[name]).map(percent)]),
  );
}

function gradientTable(counts: CurvePixels, losses: readonly CurveLoss[]): HTMLElement {
  const rows = losses.map(({ label, spec }) => {
    const shares = gradientShares(spec, counts);
    return shares === null
      ? [label, '–', '–', '–']
      : [label, percent(shares.foreground), percent(shares.wrong), percent(shares.sure)];
  });
  return table(
    'Share of the gradient',
    ['loss', 'from foreground', 'from wrong pixels (pt < 0.5)', 'from sure ones (pt > 0.9)'],
    rows,
  );
}

function table(caption: string, columns: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const [first, ...others] = columns;
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      { class: 'data' },
      element('caption', {}, caption),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'col' }, first),
          ...others.map((name) => element('th', { scope: 'col' }, name)),
        ),
      ),
      element(
        'tbody',
        {},
        ...rows.map(([head, ...cells]) =>
          element('tr', {}, element('th', { scope: 'row' }, head), ...cells.map((cell) => element('td', {}, cell))),
        ),
      ),
    ),
  );
}

function percent(share: number): string {
  if (Number.isNaN(share)) return '–';
  if (share > 0 && share < 0.001) return '< 0.1 %';
  return `${(100 * share).toFixed(1)} %`;
}
