import { element, replaceChildren } from '../kit/dom';
import { duration } from '../kit/format';
import { button, checkbox, dropdown, quietButton } from '../kit/widgets';
import type { SurfaceInfo } from '../protocol/surface';
import { scaleTitles } from './scales';
import { measuresOf, shownMeasures, type SurfaceState } from './state';

export interface ControlEvents {
  readonly change: (patch: Partial<SurfaceState>) => void;
  open(folder: string): void;
  resume(): void;
  saveCsv(): void;
}

const views = [
  { value: 'contour', text: 'Contours' },
  { value: 'heatmap', text: 'Points' },
  { value: '3d', text: 'In 3D, with light' },
] as const;

const levels = [
  { value: 'own', text: 'each picture its own' },
  { value: 'loss', text: 'shared by epochs of a loss' },
  { value: 'all', text: 'shared by all pictures' },
] as const;

const keeps = [
  { value: '1', text: 'all values' },
  { value: '0.9', text: 'the lowest 90 %' },
  { value: '0.75', text: 'the lowest 75 %' },
  { value: '0.5', text: 'the lowest 50 %' },
] as const;

/** The head of the panel: which surface, how far it is, and how it is drawn. */
export class Controls {
  private readonly title = element('h1');
  private readonly about = element('span', { class: 'muted' });
  private readonly status = element('span', { class: 'live push', role: 'status' });
  private readonly badges = element('span', {});
  private readonly resume;
  private readonly surface;
  private readonly chips = element('span', { class: 'chip-row' });
  private readonly split;
  private readonly view;
  private readonly scale;
  private readonly keep;
  private readonly levels;
  private readonly overlay;
  private readonly boxes;
  private readonly notices = element('div');
  readonly root: HTMLElement;

  constructor(private readonly events: ControlEvents) {
    const { change } = events;
    this.resume = button('Go on sampling', () => events.resume(), { title: 'Sample the points that are missing' });
    this.surface = dropdown('Surface', [], '', (folder) => events.open(folder));
    this.split = dropdown('Images', [], 'train', (split) => change({ split: split as 'train' | 'test' }));
    this.view = dropdown('View', views, 'contour', (view) => change({ view: view as SurfaceState['view'] }));
    const scales = Object.entries({ auto: 'automatic', ...scaleTitles }).map(([value, text]) => ({ value, text }));
    this.scale = dropdown('Scale', scales, 'auto', (scale) => change({ scale: scale as SurfaceState['scale'] }));
    this.keep = dropdown('Colours for', keeps, '1', (keep) => change({ keep: Number(keep) }));
    this.levels = dropdown('Levels', levels, 'own', (value) => change({ levels: value as SurfaceState['levels'] }));
    this.overlay = dropdown('Lines of another', [], '', (value) => change({ overlay: value === '' ? null : value }));
    this.boxes = {
      lines: checkbox('lines', true, (lines) => change({ lines }), 'Lines of equal loss'),
      critical: checkbox('minima and saddles', true, (critical) => change({ critical })),
      paths: checkbox('trajectories', true, (paths) => change({ paths }), 'Checkpoints of runs, seen from the plane'),
      dots: checkbox('sampled points', false, (dots) => change({ dots }), 'Dots: measured. Rings: interpolated.'),
      multiples: checkbox('all epochs', false, (multiples) => change({ multiples }), 'Every epoch beside the others'),
    };
    this.root = element(
      'header',
      {},
      element('div', { class: 'head' }, this.title, this.about, this.badges, this.status, this.resume),
      element(
        'div',
        { class: 'controls' },
        this.surface.root,
        this.split.root,
        this.view.root,
        this.scale.root,
        this.levels.root,
        this.keep.root,
        this.overlay.root,
      ),
      element(
        'div',
        { class: 'chips', role: 'group', 'aria-label': 'What is shown' },
        element('span', { class: 'chips-label' }, 'Shown'),
        this.chips,
      ),
      element(
        'div',
        { class: 'controls' },
        ...Object.values(this.boxes).map(({ root }) => root),
        quietButton('CSV', 'Save the values of everything that is shown, point by point', () => events.saveCsv()),
      ),
      this.notices,
    );
  }

  show(
    state: SurfaceState,
    info: SurfaceInfo,
    surfaces: readonly SurfaceInfo[],
    { series, synthetic, notices }: { series: boolean; synthetic: boolean; notices: readonly string[] },
  ): void {
    this.title.textContent = info.kind === 'line' ? 'Losses along a line' : 'Loss surface';
    this.about.textContent = info.provenance;
    replaceChildren(this.badges, synthetic && element('span', { class: 'badge' }, 'synthetic data'));
    this.status.textContent = progressText(info);
    this.status.className = `live push ${info.status === 'sampling' ? 'on' : ['interrupted', 'failed'].includes(info.status) ? 'warn' : ''}`;
    this.resume.hidden = !['stopped', 'interrupted', 'failed'].includes(info.status);
    this.surface.set(
      info.folder,
      surfaces.map((one) => ({ value: one.folder, text: surfaceName(one) })),
    );
    const splits = [...new Set(info.quantities.map(({ split }) => split))];
    this.split.root.hidden = splits.length < 2;
    this.split.set(
      splits.includes(state.split) ? state.split : (splits[0] ?? 'train'),
      splits.map((split) => ({ value: split, text: imagesText(info, split) })),
    );
    const line = info.kind === 'line';
    this.view.set(state.view);
    this.scale.set(state.scale);
    this.keep.set(String(state.keep));
    this.levels.set(state.levels);
    for (const { root } of [this.view, this.keep, this.levels, this.overlay]) root.hidden = line;
    const measures = measuresOf(info);
    const on = shownMeasures(info, state);
    // Over its own picture, a quantity's lines would say nothing.
    const others = measures.filter(({ measure }) => measure === state.overlay || on.some((one) => one !== measure));
    this.overlay.set(state.overlay ?? '', [
      { value: '', text: 'none' },
      ...others.map(({ measure, label }) => ({ value: measure, text: label })),
    ]);
    for (const key of ['lines', 'critical', 'paths', 'dots', 'multiples'] as const) {
      this.boxes[key].set(state[key]);
      this.boxes[key].root.hidden = line || (key === 'multiples' && !series);
    }
    const text = JSON.stringify([measures, on]);
    if (this.chips.dataset['shown'] !== text) {
      const focused = (document.activeElement as HTMLElement | null)?.dataset['chip'];
      this.chips.dataset['shown'] = text;
      replaceChildren(
        this.chips,
        ...measures.map(({ measure, label, variant }) =>
          element(
            'button',
            {
              class: 'chip',
              type: 'button',
              title: variant === 'effective' ? 'The function whose gradient training really follows' : '',
              'aria-pressed': on.includes(measure),
              'data-chip': measure,
              onclick: () => this.toggle(measure, on),
            },
            label,
          ),
        ),
      );
      if (focused !== undefined) this.chips.querySelector<HTMLElement>(`[data-chip="${CSS.escape(focused)}"]`)?.focus();
    }
    replaceChildren(this.notices, ...notices.map((notice) => element('p', { class: 'notice' }, notice)));
  }

  private toggle(measure: string, on: readonly string[]): void {
    const next = on.includes(measure) ? on.filter((other) => other !== measure) : [...on, measure];
    if (next.length > 0) this.events.change({ measures: next });
  }
}

/** How far a surface is, in words. */
export function progressText({ status, done, total, pace }: SurfaceInfo): string {
  const words = {
    sampling: 'sampling',
    stopped: 'stopped',
    interrupted: 'interrupted',
    failed: 'failed',
    finished: '',
  };
  if (status === 'finished') return `${total} points`;
  const left = status === 'sampling' && pace !== null ? `, about ${duration((total - done) / pace)} left` : '';
  return `${words[status]}: ${done} of ${total} points${left}`;
}

/** A surface in the list of surfaces. */
export function surfaceName({ id, run, kind, a, b, status, series }: SurfaceInfo): string {
  const size = kind === 'line' ? `${a.values.length} points` : `${a.values.length} × ${b.values.length}`;
  const parts = [
    id,
    size,
    ...(series ? [`epoch ${series.epoch}`] : []),
    run,
    ...(status === 'finished' ? [] : [status]),
  ];
  return parts.join(' · ');
}

function imagesText({ images }: SurfaceInfo, split: 'train' | 'test'): string {
  const found = images.find((one) => one.split === split);
  return found ? `${found.names.length} of ${found.available} ${split} images` : `${split} images`;
}
