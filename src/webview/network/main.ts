import { BarView } from '../heatmap/barView';
import { barColours } from '../heatmap/colours';
import { Scrubber } from '../heatmap/scrubber';
import { element, oncePerFrame } from '../kit/dom';
import type { FigureEvents } from '../kit/figure';
import { onThemeChange, pageTheme } from '../kit/pageTheme';
import { connect, showFailure } from '../kit/panelApi';
import type {
  LayerDescription,
  NetworkFeatures,
  NetworkImage,
  NetworkRun,
  NetworkTarget,
  NetworkToHost,
  NetworkToPanel,
} from '../protocol/network';
import type { ExportedFile } from '../protocol/run';
import { Answers, type Asked } from './answers';
import { Ascent, type AscentSubject } from './ascent';
import { AscentView } from './ascentView';
import { CloseView } from './closeView';
import { Controls } from './controls';
import { FactsTable } from './factsTable';
import { coloursOf, factsOf, type MapFacts, ordered, ownRange, sharedRange } from './features';
import { GridView } from './gridView';
import { firstImage, listedImage, nextImage } from './images';
import { mapsCsv, mapsPng, picturePng, type Savable } from './saving';
import { initialState, type NetworkState } from './state';
import { UnetView } from './unetView';
import { WeightsView } from './weightsView';
import { badges, captionOf, headline, noCheckpoint, sentence, type Shown } from './words';
import './network.css';

const api = connect<NetworkToHost, NetworkToPanel, NetworkState>({
  run: ({ run: now }) => {
    // Whoever looks at the newest epoch goes on doing so, unless a picture is being made of it.
    const newest = run !== null && state.epoch === (run.epochs.at(-1) ?? null) && ascent.busyWith === null;
    run = now;
    if (newest) change({ epoch: now.epochs.at(-1) ?? null });
    else draw();
  },
  go: (target) => goTo(target),
  inspector: ({ word }) => {
    inspector = word;
    draw();
  },
});

let state: NetworkState = { ...initialState, ...api.remembered };
let run: NetworkRun | null = null;
let theme = pageTheme();
let inspector: string | null = null;
let trusted = true;
/** What the weights were read for; null as long as nobody has looked at them. */
let weightsFor: string | null = null;

const cancel = (ticket: number): void => api.host.send('cancel', { tickets: [ticket] });
const arrived = (): void => draw();
const answers = new Answers(api.host, cancel, arrived);
/** What is counted of an answer once. */
const counted = new WeakMap<NetworkFeatures, Pick<Shown, 'facts' | 'ends'>>();
const ascent = new Ascent(
  (subject, ticket) => api.host.request('visualise', { ...subject, ticket }),
  cancel,
  () => draw(),
);

const save = (file: ExportedFile): void => void api.host.request('save', file).catch(showFailure);
const figureEvents: FigureEvents = {
  zoomed: () => undefined,
  hovered: () => undefined,
  picked: ({ line }) =>
    line.key.startsWith('layer ') && change({ layer: line.key.slice('layer '.length), channel: null }),
  switchedY: (id) =>
    change({
      switchedY: state.switchedY.includes(id) ? state.switchedY.filter((one) => one !== id) : [...state.switchedY, id],
    }),
  save,
};

const unet = new UnetView((layer) => change({ layer, channel: null }));
const grid = new GridView((channel) => change({ channel }));
const close = new CloseView();
const bar = new BarView();
const facts = new FactsTable();
const ascentView = new AscentView(
  theme,
  {
    changed: (settings) => change({ ascent: settings }),
    start: () => {
      const subject = subjectNow();
      if (subject) void ascent.start(keyOf(subject), subject);
    },
    stop: () => ascent.stop(),
    savePicture: () => void savePicture().catch(showFailure),
  },
  figureEvents,
);
const weightsView = new WeightsView(
  theme,
  {
    changeBy: (changeBy) => change({ changeBy }),
    picked: (layer) => change({ layer, channel: null }),
    save,
    update: () => {
      weightsFor = null;
      draw();
    },
  },
  figureEvents,
);
const scrubber = new Scrubber(
  (epoch) => change({ epoch }),
  () => !answers.features.waiting,
);
const controls = new Controls({
  change,
  image: (image) => change({ image }),
  stepImage: (by) => run && change({ image: nextImage(run, state.image, by) }),
  chooseImage: () =>
    void api.host
      .request('chooseImage', null)
      .then((image) => image && goTo({ image }))
      .catch(showFailure),
  fixed: (ends) => shown && change({ fixed: { ...state.fixed, [shown.maps.layer]: ends } }),
  fit: () => shown && change({ fixed: without(state.fixed, shown.maps.layer) }),
  saveGrid: () => void saveGrid().catch(showFailure),
  saveNumbers: () => saveNumbers(),
});

const layerTitle = element('h2');
const caption = element('p', { class: 'meaning' });
const message = element('p', { class: 'empty', role: 'status' });
const retry = element(
  'button',
  { class: 'quiet retry', type: 'button', hidden: true, onclick: () => tryAgain() },
  'Try again',
);
const maps = element(
  'div',
  { class: 'look-inside' },
  element('div', { class: 'grid-side' }, element('div', { class: 'grid-row' }, grid.root, bar.root), facts.root),
  element(
    'div',
    { class: 'close-side' },
    element('div', { class: 'three' }, close.root, ascentView.pane),
    close.line,
    element('div', { class: 'ascent' }, ascentView.controls, ascentView.figure.root),
  ),
);
const inside = element(
  'section',
  { class: 'activations' },
  layerTitle,
  caption,
  controls.tools,
  scrubber.root,
  message,
  retry,
  maps,
);
document.body.append(controls.head, unet.root, inside, weightsView.root);
new IntersectionObserver(([entry]) => entry?.isIntersecting && draw()).observe(weightsView.root);
let shown: Shown | null = null;

const draw = oncePerFrame(() => {
  if (run === null) return;
  const asked = trusted ? answers.ask(run, state) : null;
  unet.show({
    layers: asked?.layers ?? [],
    chosen: asked?.layer?.name ?? null,
    sizes: answers.sizes(run, asked?.layers ?? []),
    dead: new Map([...(answers.deadFilters() ?? [])].map(([name, filters]) => [name, filters.size])),
  });
  const { epochs } = run;
  const epoch = asked?.epoch ?? null;
  const ready = asked?.features?.state === 'ready' ? asked.features.value : null;
  shown = ready && asked?.layer ? shownOf(ready, asked.layer) : keepShown(asked?.layer ?? null, asked?.features?.state);
  drawMaps(asked?.image?.state === 'ready' ? asked.image.value : null);
  const failure = failureOf(asked);
  unet.root.hidden = inside.hidden = !trusted;
  message.textContent = failure === null ? waitingWord(asked, epochs) : sentence(failure);
  message.hidden = message.textContent === '' || (failure === null && shown !== null);
  message.classList.toggle('notice', failure !== null);
  message.classList.toggle('empty', failure === null);
  retry.hidden = failure === null;
  scrubber.show({ epochs, epoch, thumbnails: [], of: '' });
  controls.show({
    run,
    state,
    title: `Inside the network${epoch === null ? '' : ` after epoch ${shown?.maps.epoch ?? epoch}`}`,
    about: [run.info.experiment ? `experiment ${run.info.experiment}` : '', `trained with ${run.info.loss}`]
      .filter(Boolean)
      .join(' · '),
    badges: badges(run, asked?.image?.state === 'ready' ? asked.image.value : null),
    notices: notices(asked?.image?.state === 'ready' ? asked.image.value : null),
    inspector,
    ends: shown?.ends ?? null,
  });
  drawWeights(failure !== null);
});

/** What was shown stays while another epoch or image of the same layer is on its way. */
function keepShown(layer: LayerDescription | null, waiting: string | undefined): Shown | null {
  return waiting === 'loading' && shown?.layer.name === layer?.name ? shown : null;
}

function shownOf(answer: NetworkFeatures, layer: LayerDescription): Shown {
  const known = counted.get(answer) ?? { facts: factsOf(answer), ends: sharedRange(answer, layer.relu) };
  counted.set(answer, known);
  const held = state.fixed[layer.name];
  if (state.range !== 'fixed') return { maps: answer, layer, ...known };
  if (!held) remember({ fixed: { ...state.fixed, [layer.name]: known.ends } });
  return { maps: answer, layer, facts: known.facts, ends: held ?? known.ends };
}

function drawMaps(image: NetworkImage | null): void {
  maps.hidden = caption.hidden = shown === null;
  layerTitle.textContent = shown ? headline(shown) : '';
  if (shown === null) return;
  const { maps: answer, layer, facts: numbers, ends } = shown;
  const chosen = chosenOf(shown);
  const colours = coloursOf(layer.relu);
  const own = state.range === 'own';
  const rangeOf = (one: MapFacts): readonly [number, number] => (own ? ownRange(one, layer.relu) : ends);
  const dead = answers.deadFilters()?.get(layer.name) ?? noFilters;
  caption.textContent = captionOf(shown, state.range, dead);
  grid.show({
    layer: layer.name,
    maps: answer,
    facts: ordered(numbers, state.order),
    rangeOf,
    colours,
    dead,
    chosen: chosen.channel,
  });
  // Where each map has its own ends, the bar counts in parts of its largest value.
  const barRange = own ? ([layer.relu ? 0 : -100, 100] as const) : ends;
  bar.show({ range: barRange, colours: barColours(colours), name: own ? '% of its end' : 'answer' }, 200, theme);
  facts.show(layer.name, numbers, dead);
  close.show({ maps: answer, facts: chosen, range: rangeOf(chosen), colours, image });
  const subject = subjectNow();
  const key = subject ? keyOf(subject) : '';
  // What is made is of a map, an epoch and settings: with others nobody waits for it any more.
  if (ascent.busyWith !== null && ascent.busyWith !== key) ascent.stop();
  ascentView.show({
    layer: layer.name,
    channel: chosen.channel,
    epoch: answer.epoch,
    relu: layer.relu,
    settings: state.ascent,
    result: ascent.result(key),
    failure: ascent.failure(key),
    progress: ascent.busyWith === key ? ascent.progress() : null,
    log: state.switchedY.includes('objective'),
  });
}

/** The map that is looked at closely. */
function chosenOf({ facts: numbers }: Shown): MapFacts {
  return (state.channel === null ? undefined : numbers[state.channel]) ?? ordered(numbers, 'strength')[0]!;
}

const noFilters: ReadonlySet<number> = new Set();

/** @param failed what is shown first cannot be had: nothing has to wait for it. */
function drawWeights(failed: boolean): void {
  if (run === null) return;
  weightsView.root.hidden = !trusted;
  const key = JSON.stringify([run.version, run.epochs.length]);
  // They take a while: what is shown comes first, and whoever never looks at them does not wait for them.
  const inSight = (): boolean => weightsView.root.getBoundingClientRect().top < window.innerHeight;
  const may = trusted && run.epochs.length > 0 && (shown !== null || failed);
  if (weightsFor === null && may && inSight()) weightsFor = key;
  const weights = weightsFor === null ? null : answers.askWeights(weightsFor);
  weightsView.show({
    weights: run.epochs.length === 0 ? { state: 'failed', message: noCheckpoint } : weights,
    about: `trained with ${run.info.loss}`,
    changeBy: state.changeBy,
    linear: new Set(state.switchedY),
    layer: shown?.layer.name ?? null,
    stale: weightsFor !== null && weightsFor !== key,
  });
}

function failureOf(asked: Asked | null): string | null {
  if (asked === null) return null;
  if (run?.epochs.length === 0) return noCheckpoint;
  if (state.image === null) return 'This run names no images. Choose an image file above.';
  const failed = [asked.image, asked.features].find((one) => one?.state === 'failed');
  return asked.layersFailed ?? (failed?.state === 'failed' ? failed.message : null);
}

function waitingWord(asked: Asked | null, epochs: readonly number[]): string {
  if (asked === null) return '';
  if (asked.layers.length === 0) return 'Reading the network …';
  return epochs.length > 0 && shown === null ? 'Running the network over the image …' : '';
}

function notices(image: NetworkImage | null): string[] {
  if (!trusted)
    return [
      'This workspace is not trusted, so the network cannot be run. Trust it (Manage Workspace Trust) to look inside.',
    ];
  const layers = answers.layers.last;
  const unknown = layers && state.layer !== null && !layers.some(({ name }) => name === state.layer);
  return [
    ...(run?.info.problem ? [run.info.problem] : []),
    ...(unknown ? [`This network has no layer “${state.layer}”; its first one is shown.`] : []),
    ...(image?.changed ? [image.changed] : []),
    ...(image?.notes ?? []),
  ];
}

function subjectNow(): AscentSubject | null {
  if (shown === null) return null;
  const { channel } = chosenOf(shown);
  return { epoch: shown.maps.epoch, layer: shown.layer.name, channel, settings: state.ascent };
}

function keyOf(subject: AscentSubject): string {
  return JSON.stringify([run?.version, subject]);
}

function savable(): Savable | null {
  return shown && state.image && run ? { shown, image: state.image, state, loss: run.info.loss } : null;
}

async function saveGrid(): Promise<void> {
  const what = savable();
  if (what) save(await mapsPng(what, grid.pictures()));
}

async function savePicture(): Promise<void> {
  const what = savable();
  const subject = subjectNow();
  const result = subject ? ascent.result(keyOf(subject)) : null;
  if (!what || !subject || !result) return;
  save(await picturePng(what, subject, result, [close.photo.canvas, close.map.canvas, ascentView.canvas]));
}

function saveNumbers(): void {
  const what = savable();
  if (what) save(mapsCsv(what, answers.deadFilters()?.get(what.shown.layer.name) ?? null));
}

function tryAgain(): void {
  answers.retry();
  draw();
}

function goTo({ epoch, image, layer }: NetworkTarget): void {
  change({
    ...(epoch === undefined ? {} : { epoch }),
    ...(image && run ? { image: listedImage(run, image) } : {}),
    ...(layer === undefined ? {} : { layer, channel: null }),
  });
}

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

function remember(patch: Partial<NetworkState>): void {
  state = { ...state, ...patch };
  api.remember(state);
}

function change(patch: Partial<NetworkState>): void {
  remember(patch);
  draw();
}

// The bar of an ascent moves by the clock.
setInterval(() => {
  if (ascent.busyWith !== null) draw();
}, 500);

onThemeChange((next) => {
  theme = next;
  ascentView.setTheme(theme);
  weightsView.setTheme(theme);
  draw();
});

void api.host
  .request('ready', null)
  .then((snapshot) => {
    ({ run, trusted } = snapshot);
    change({
      folder: run.info.folder,
      image: state.image ?? firstImage(run),
      epoch: state.epoch ?? run.epochs.at(-1) ?? null,
    });
    if (snapshot.target) goTo(snapshot.target);
  })
  .catch(showFailure);
