import { lossLabel, type LossSpec } from '../../engine/insight/maps';
import { element, oncePerFrame, replaceChildren } from '../kit/dom';
import { Figure, type FigureEvents } from '../kit/figure';
import { Legend } from '../kit/legend';
import { onThemeChange, pageTheme } from '../kit/pageTheme';
import { connect, showFailure } from '../kit/panelApi';
import { allBut, toggled } from '../kit/toggles';
import { button, dropdown } from '../kit/widgets';
import { type CurveLoss, type CurveSnapshot, type CurveToHost, type CurveToPanel, pixelBins } from '../protocol/curve';
import { type ChartId, curveChart, curveCharts, lookOf, type PixelsBehind } from './charts';
import { type Against, type CurveLine, curveLines } from './lines';
import { LossEditors } from './lossEditors';
import { PixelLoader } from './pixelLoader';
import { PixelView } from './pixelView';
import { type CurveState, initialState, type PixelChoice, type Shown, withAdded } from './state';
import './curve.css';

const api = connect<CurveToHost, CurveToPanel, CurveState>({ show });

let state: CurveState = { ...initialState, ...api.remembered };
let snapshot: CurveSnapshot | null = null;
let theme = pageTheme();

const figureEvents: FigureEvents = {
  zoomed: (id, zoom) => change({ zoom: { ...state.zoom, [id]: zoom } }),
  hovered: (key) => {
    for (const figure of figures) figure.chart.highlight(key);
  },
  picked: () => undefined,
  switchedY: (id) => {
    change({ switchedY: toggled(state.switchedY, id), zoom: { ...state.zoom, [id]: {} } });
    figures.find((figure) => figure.id === id)?.setZoom({});
  },
  save: (file) => void api.host.request('save', file).catch(showFailure),
};

const figures = (Object.keys(curveCharts) as ChartId[]).map((id) => {
  const figure = new Figure(id, theme, figureEvents, { paneHeight: 230 });
  figure.setZoom(state.zoom[id] ?? {});
  return figure;
});
const title = element('h1');
const source = element('span', { class: 'muted' });
const notice = element('p', { class: 'notice', role: 'status', hidden: true });
const formula = element('pre', { class: 'formula', 'aria-label': 'Formula' });
const notes = element('div', { class: 'muted' });
const legend = new Legend({
  toggled: (key) => change({ hidden: toggled(state.hidden, key) }),
  alone: (key) =>
    change({
      hidden: allBut(
        linesNow().map((line) => line.key),
        state.hidden,
        key,
      ),
    }),
  hovered: (key) => figureEvents.hovered(key),
});

const against = dropdown('Against', againstChoices(), state.against, (value) => {
  // The x axis is another one: what it was zoomed to means nothing there.
  change({ against: value as Against, zoom: {} });
  for (const figure of figures) figure.setZoom({});
});
const shownLoss = dropdown('Loss', shownChoices(), state.shown, (value) => change({ shown: value as Shown }));
const editors = new LossEditors({
  changed: (id, spec) => change({ added: state.added.map((loss) => (loss.id === id ? { id, spec } : loss)) }),
  removed: (id) => change({ added: state.added.filter((loss) => loss.id !== id) }),
});
const add = (spec: LossSpec): void => change({ added: withAdded(state.added, spec) });
const vary = button('Vary this loss', () => {
  const entry = snapshot?.losses.find(({ role }) => role === 'entry');
  if (entry) add(entry.spec);
});
const typed = element('input', {
  class: 'loss-field',
  type: 'text',
  placeholder: 'or type: ce 1:4, dice, {"type": …}',
  'aria-label': 'Loss in words or JSON',
});
const typedProblem = element('span', { class: 'field-problem', role: 'alert' });
typed.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') void typeLoss(typed.value).catch(showFailure);
});

const loader = new PixelLoader(api.host, () => draw());
const pixels = new PixelView({
  chooseRun: () => void chooseRun().catch(showFailure),
  changed: (choice) => change({ pixels: choice }),
  openHeatmap: ({ folder, epoch, split, image }) =>
    api.host.send('openHeatmap', { folder, epoch, image: image === null ? null : { name: image, split } }),
  save: (file) => figureEvents.save(file),
});

document.body.append(
  element('header', { class: 'head' }, title, source),
  notice,
  formula,
  notes,
  element(
    'section',
    { class: 'losses', 'aria-label': 'Losses' },
    element(
      'div',
      { class: 'controls' },
      against.root,
      shownLoss.root,
      vary,
      button('Add focal', () => add({ type: 'focal', gamma: 2, modulator: 'full' })),
      button('Add cross-entropy', () => add({ type: 'crossEntropy', labelSmoothing: 0 })),
      typed,
      typedProblem,
    ),
    editors.root,
  ),
  legend.root,
  element('main', { class: 'figures', 'data-panel': 'curve' }, ...figures.map(({ root }) => root)),
  pixels.root,
);

interface Drawn {
  readonly losses: readonly CurveLoss[];
  readonly lines: readonly CurveLine[];
}

let drawnFrom: readonly unknown[] = [];
let drawn: Drawn = { losses: [], lines: [] };

/** The losses of the file and those added, with their lines. */
function drawnNow(): Drawn {
  const inputs = [snapshot, state.added, state.against];
  if (inputs.every((input, index) => input === drawnFrom[index])) return drawn;
  drawnFrom = inputs;
  const ofFile = snapshot?.losses ?? [];
  const first = 1 + Math.max(-1, ...ofFile.filter(({ role }) => role !== 'reference').map(({ place }) => place));
  const added = state.added.map(({ id, spec }, index): CurveLoss => ({
    key: `added ${id}`,
    label: lossLabel(spec),
    role: 'added',
    place: first + index,
    spec,
  }));
  const losses = [...ofFile, ...added];
  drawn = { losses, lines: losses.flatMap((loss) => curveLines(loss, state.against)) };
  return drawn;
}

function linesNow(): readonly CurveLine[] {
  return drawnNow().lines;
}

const draw = oncePerFrame(() => {
  if (snapshot === null) return;
  const { label, file, index, formulas, problem } = snapshot;
  const { losses, lines } = drawnNow();
  title.textContent = label === '' ? 'Loss curve' : label;
  source.textContent = `${file}, losses[${index}]`;
  notice.textContent = problem ?? '';
  notice.hidden = problem === null;
  formula.textContent = formulas.join('\n');
  formula.hidden = formulas.length === 0;
  replaceChildren(notes, ...snapshot.notes.map((note) => element('p', {}, note)));
  against.set(state.against);
  shownLoss.set(state.shown);
  vary.hidden = !snapshot.losses.some(({ role, spec }) => role === 'entry' && spec.type !== 'sum');
  const settings = {
    hidden: new Set(state.hidden),
    switchedY: new Set(state.switchedY),
    against: state.against,
    shown: state.shown,
  };
  const added = losses.filter(({ role }) => role === 'added');
  editors.show(
    state.added.map((loss, place) => ({ ...loss, look: lookOf(added[place]!) })),
    theme,
  );
  legend.show(
    lines.map((line) => ({
      key: line.key,
      name: line.name,
      look: lookOf(line),
      note: '',
      title: line.name,
      problem: false,
    })),
    settings.hidden,
    theme,
  );
  loader.want(state.pixels);
  const behind = pixelsBehind();
  for (const figure of figures) {
    const id = figure.id as ChartId;
    const inputs = [lines, state.hidden, state.switchedY, state.shown, loader.now.counts];
    const build = () => (lines.length === 0 ? null : curveChart(id, lines, settings, behind));
    figure.update(inputs, build, curveCharts[id].caption);
  }
  const visible = losses.filter(({ key }) =>
    lines.some((line) => (line.key === key || line.key.startsWith(`${key} `)) && !settings.hidden.has(line.key)),
  );
  pixels.show(state.pixels, loader.now, visible);
});

/** The histogram of what has been counted, for the x axis as it is. */
function pixelsBehind(): PixelsBehind | null {
  const { counts, run } = loader.now;
  const { pixels: choice } = state;
  if (counts === null || run === null || choice === null) return null;
  const [from, to] = pixelBins[state.against];
  const { background, foreground } = counts[state.against];
  const layers = [
    { name: 'foreground', counts: foreground, filled: true },
    { name: 'background', counts: background, filled: false },
  ];
  const of = `${choice.image ?? `all ${choice.split} images`}, ${run.name}, epoch ${choice.epoch}`;
  return { backdrop: { from, to, layers }, of };
}

async function chooseRun(): Promise<void> {
  const run = await api.host.request('chooseRun', null);
  if (run === null) return;
  const epoch = run.epochs.at(-1);
  if (epoch === undefined) throw new Error(`${run.name} has no weights on the disk yet.`);
  loader.knows(run);
  const split = run.images.test.length > 0 ? 'test' : 'train';
  change({ pixels: { folder: run.folder, epoch, split, image: run.images[split][0] ?? null } satisfies PixelChoice });
}

async function typeLoss(text: string): Promise<void> {
  if (text.trim() === '') return;
  const answer = await api.host.request('loss', { text });
  typedProblem.textContent = 'problem' in answer ? answer.problem : '';
  if ('problem' in answer) return;
  typed.value = '';
  add(answer.spec as LossSpec);
}

function againstChoices() {
  return [
    { value: 'pt', text: 'pt' },
    { value: 'logit', text: 'logit x' },
  ];
}

function shownChoices() {
  return [
    { value: 'both', text: 'reported and effective' },
    { value: 'reported', text: 'reported' },
    { value: 'effective', text: 'effective (descended)' },
  ];
}

onThemeChange((next) => {
  theme = next;
  for (const figure of figures) figure.setTheme(theme);
  draw();
});

void api.host.request('ready', null).then(show).catch(showFailure);

function show(next: CurveSnapshot): void {
  // Other losses of the file are there to be switched on.
  const first = snapshot === null && state.uri === '';
  const others = next.losses.filter(({ role }) => role === 'other');
  const hidden = first ? others.flatMap((loss) => curveLines(loss, state.against)).map(({ key }) => key) : state.hidden;
  snapshot = next;
  change({ uri: next.uri, index: next.index, hidden });
}

function change(patch: Partial<CurveState>): void {
  state = { ...state, ...patch };
  api.remember(state);
  draw();
}
