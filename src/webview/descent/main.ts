import { Chips } from '../heatmap/chips';
import { drawFigure, pngOf } from '../heatmap/exportView';
import { Stage } from '../heatmap/stage';
import type { TileContent } from '../heatmap/tileView';
import { fileName } from '../kit/csv';
import { element, oncePerFrame, replaceChildren } from '../kit/dom';
import { Figure, type FigureEvents } from '../kit/figure';
import { Legend } from '../kit/legend';
import { onThemeChange, pageTheme } from '../kit/pageTheme';
import { connect, showFailure } from '../kit/panelApi';
import { allBut, toggled } from '../kit/toggles';
import { button, checkbox, dropdown, quietButton } from '../kit/widgets';
import type { DescentInfo, DescentRows, DescentSnapshot, DescentToHost, DescentToPanel } from '../protocol/descent';
import { column, emptyFrame, withTail } from '../protocol/frame';
import { type ChartId, descentChart, descentCharts, lookOf } from './charts';
import { MapLoader } from './mapLoader';
import { readPictures } from './pictures';
import { type DescentLayer, type DescentState, initialState, layers, shownStep, stepsOf } from './state';
import { StepScrubber } from './stepScrubber';
import { stepTable } from './stepTable';
import { aboutText, isResumable, statusText } from './texts';
import { barOf, type DescentTile, type Pictures, readingOf, TileMaker } from './tiles';
import './descent.css';

/** What is known of the descent. */
interface Known {
  info: DescentInfo;
  maps: readonly (readonly number[])[];
  rows: DescentRows;
  readonly pictures: Pictures;
  readonly tiles: TileMaker;
  readonly trusted: boolean;
}

const api = connect<DescentToHost, DescentToPanel, DescentState>({
  progress: ({ info, maps, tails }) => {
    if (known === null) return;
    known.info = info;
    known.maps = maps;
    known.rows = tails.map((tail, index) => {
      const before = known!.rows[index] ?? emptyFrame;
      return tail ? withTail(before, tail) : before;
    });
    draw();
  },
});

let state: DescentState = { ...initialState, ...api.remembered };
let known: Known | null = null;
let theme = pageTheme();
/** The maps that are on the screen. */
let shownTiles: readonly DescentTile[] = [];
let contents: readonly TileContent[] = [];

const loader = new MapLoader(api.host, () => draw());
const stage = new Stage(theme, {
  viewed: (view) => remember({ view }),
  hovered: (place, tile) => (place && known && shownTiles[tile] ? reading(place, tile) : null),
  pinned: (cursor, tile) => {
    remember({ cursor });
    stage.place(state.view, cursor, null);
    stage.say(reading(cursor, tile));
  },
  region: () => undefined,
  epoch: (by) => scrubber.step(by),
  play: () => scrubber.toggle(),
});
const scrubber = new StepScrubber(
  (step) => change({ step }),
  () => shownTiles.every(({ map }) => map?.state !== 'loading'),
);

const title = element('h1');
const about = element('p', { class: 'muted' });
const status = element('span', { class: 'live', role: 'status' });
const synthetic = element('span', { class: 'badge', title: 'The image is generated, not photographed.' }, 'synthetic');
const notice = element('p', { class: 'notice', hidden: true });
const act = (what: 'resume' | 'stop' | 'openHeatmap' | 'openLog') => () =>
  void api.host.request(what, null).catch(showFailure);
const resume = button('Resume', act('resume'), { title: 'Go on where it was', secondary: false });
const stop = button('Stop', act('stop'), { title: 'Stop after this step; it can go on later' });
const heatmap = quietButton(
  'heatmap',
  'Open this image in the heatmap, at the checkpoint it begins with',
  act('openHeatmap'),
);
const chips = new Chips('Maps', (key) => change({ layer: key as DescentLayer }));
const ruler = dropdown('Measured by', [], '', (value) => change({ ruler: value === '' ? null : value }));
const oneScale = checkbox(
  'One scale',
  state.oneScale,
  (value) => change({ oneScale: value }),
  'The same colours for all losses',
);
const legend = new Legend({
  toggled: (key) => change({ hidden: toggled(state.hidden, key) }),
  alone: (key) => change({ hidden: allBut(known?.info.losses.map(({ name }) => name) ?? [], state.hidden, key) }),
  hovered: (key) => figureEvents.hovered(key),
});
const figureEvents: FigureEvents = {
  zoomed: (id, zoom) => remember({ zoom: { ...state.zoom, [id]: zoom } }),
  hovered: (key) => {
    for (const figure of figures) figure.chart.highlight(key);
  },
  picked: ({ x }) => change({ step: x }),
  switchedY: (id) => {
    change({ switchedY: toggled(state.switchedY, id), zoom: { ...state.zoom, [id]: {} } });
    figures.find((figure) => figure.id === id)?.setZoom({});
  },
  save: (file) => void api.host.request('save', file).catch(showFailure),
};
const figures = (Object.keys(descentCharts) as ChartId[]).map((id) => {
  const figure = new Figure(id, theme, figureEvents, { paneHeight: 200 });
  figure.setZoom(state.zoom[id] ?? {});
  return figure;
});
const classes = element('span', { class: 'tile-legend' });
const numbers = element('div', { class: 'step-numbers' });
const retry = quietButton('Try again', 'Read the maps that failed again', () => loader.retry());
document.body.append(
  element('header', { class: 'head' }, title, synthetic, status, element('span', { class: 'push' }, resume, stop)),
  about,
  notice,
  element(
    'div',
    { class: 'controls' },
    chips.root,
    ruler.root,
    oneScale.root,
    classes,
    element(
      'span',
      { class: 'push' },
      retry,
      heatmap,
      quietButton('log', 'Open the log of this descent', act('openLog')),
      quietButton('PNG', 'Save the maps as PNG, with axes and colour bar', () => void savePicture().catch(showFailure)),
    ),
  ),
  // The stage gives its maps all the room of its parent.
  element('main', { class: 'descent-maps', 'data-panel': 'descent' }, stage.root),
  scrubber.root,
  numbers,
  element('section', { 'aria-label': 'Over the steps' }, element('h2', {}, 'Over the steps'), legend.root),
  element('div', { class: 'figures' }, ...figures.map(({ root }) => root)),
);

const draw = oncePerFrame(() => {
  if (known === null) return;
  const { info, maps, rows, tiles, pictures, trusted } = known;
  title.textContent = `Descent on ${info.image.name}`;
  about.textContent = aboutText(info);
  synthetic.hidden = !info.image.synthetic;
  status.textContent = statusText(info);
  status.classList.toggle('on', info.status === 'running');
  status.classList.toggle('warn', ['failed', 'interrupted'].includes(info.status));
  resume.hidden = !isResumable(info) || !trusted;
  stop.hidden = info.status !== 'running';
  heatmap.hidden = !info.runKnown;
  const steps = stepsOf(maps);
  const step = shownStep(steps, state.step);
  const said =
    info.problem ?? (steps.length === 0 ? 'The network is being prepared; the first maps come in a moment.' : null);
  notice.hidden = said === null;
  notice.textContent = said ?? '';
  chips.show(
    Object.entries(layers).map(([key, name]) => ({ key, name, title: name })),
    [state.layer],
  );
  const byLoss = state.layer === 'loss' || state.layer === 'gradient';
  ruler.root.hidden = !byLoss;
  oneScale.root.hidden = !byLoss;
  ruler.set(state.ruler ?? '', [
    { value: '', text: 'the loss that is descended' },
    ...info.losses.map(({ name, label }) => ({ value: name, text: label })),
  ]);
  const on = info.losses.flatMap((loss, index) => (state.hidden.includes(loss.name) ? [] : [{ loss, index }]));
  const at = (index: number, wanted: number | null) =>
    wanted !== null && maps[index]!.includes(wanted) ? loader.get(index, wanted) : null;
  // At the end every loss shows how far it has come itself: they are descended one after the other.
  const stepOf = (index: number) => (state.step === null ? (maps[index]!.at(-1) ?? null) : step);
  shownTiles = on.map(({ loss, index }) => tiles.tile(info, loss, at(index, stepOf(index)), state));
  const first = byLoss
    ? on.map(({ loss, index }) => tiles.tile(info, loss, at(index, maps[index]![0] ?? null), state))
    : [];
  const ranges = shownTiles.map((tile) => tiles.range(shownTiles, first, state, tile));
  contents = shownTiles.map((tile, place) => {
    const own = stepOf(on[place]!.index);
    const content = tiles.content(info, tile, ranges[place]!, state, own);
    return own === step || own === null ? content : { ...content, title: `${content.title}, step ${own}` };
  });
  // Tiles are narrow: what the colours mean is said once for all of them.
  replaceChildren(classes, ...(contents[0]?.legend ?? []).map(legendItem));
  stage.show(
    contents.map((content) => ({ ...content, legend: [] })),
    sharedBar(),
  );
  const spoken = contents.map(({ summary }) => summary).join(' ');
  stage.root.setAttribute(
    'aria-label',
    `${spoken} Arrow keys move the cursor by a pixel (with Shift by ten), brackets change the step, plus, minus and 0 zoom, Space plays.`,
  );
  stage.place(state.view, state.cursor, null);
  stage.root.hidden = pictures.labels.length === 0;
  retry.hidden = !shownTiles.some(({ map }) => map?.state === 'failed');
  scrubber.show(steps, step, info.steps);
  const each = info.losses.map((_, index) => stepOf(index));
  replaceChildren(numbers, step !== null && stepTable(info, rows, each));
  legend.show(
    info.losses.map(({ name, label }, index) => ({
      key: name,
      name: label,
      look: lookOf(index),
      note: noteOf(rows, index),
      title: label,
      problem: false,
    })),
    new Set(state.hidden),
    theme,
  );
  for (const figure of figures) {
    const id = figure.id as ChartId;
    const inputs = [rows, state.hidden, state.switchedY];
    figure.update(inputs, () => descentChart(id, info, rows, state), descentCharts[id].caption);
  }
  loader.ahead(on.flatMap(({ index }) => maps[index]!.map((one) => [index, one] as const)));
});

function legendItem({ colour, name }: { colour: string; name: string }): HTMLElement {
  const patch = element('span', { class: 'patch' });
  patch.style.background = colour;
  return element('span', { class: 'legend-item' }, patch, name);
}

/** One scale beside all maps, where they have the same. */
function sharedBar() {
  if (known === null || !state.oneScale) return null;
  const range = shownTiles.map((tile) => known!.tiles.range(shownTiles, [], state, tile)).find((ends) => ends !== null);
  return range ? barOf(state.layer, range) : null;
}

function noteOf(rows: DescentRows, index: number): string {
  const confidence = column(rows[index]!, 'confidenceForeground');
  const last = confidence.at(-1);
  return last === undefined ? 'waits' : `foreground ${last.toFixed(3)}`;
}

function reading(place: { x: number; y: number }, tile: number): string {
  const { info, pictures } = known!;
  return readingOf(shownTiles[tile]!, place, info, pictures.labels, state.layer);
}

async function savePicture(): Promise<void> {
  if (known === null) return;
  const { info, maps } = known;
  const step = shownStep(stepsOf(maps), state.step);
  const figure = {
    title: `${layers[state.layer]} after ${step ?? 0} steps on ${info.image.name}`,
    subtitle: aboutText(info),
    tiles: contents,
    bar: sharedBar(),
    columns: stage.columns,
  };
  const content = await pngOf(drawFigure(figure, state.view, stage.plot).canvas);
  await api.host.request('save', {
    name: fileName(`losscape descent ${state.layer} step ${step ?? 0}`, 'png'),
    content,
  });
}

onThemeChange((next) => {
  theme = next;
  stage.setTheme(theme);
  for (const figure of figures) figure.setTheme(theme);
  draw();
});

void api.host.request('ready', null).then(begin).catch(showFailure);

async function begin(snapshot: DescentSnapshot): Promise<void> {
  // To be found again after a reload, even when the pictures turn out to be damaged.
  remember({ folder: snapshot.info.folder });
  const pictures = await readPictures(snapshot);
  const { info, maps, rows, trusted } = snapshot;
  known = { info, maps, rows, trusted, pictures, tiles: new TileMaker(pictures) };
  draw();
}

function remember(patch: Partial<DescentState>): void {
  state = { ...state, ...patch };
  api.remember(state);
}

function change(patch: Partial<DescentState>): void {
  remember(patch);
  draw();
}
