import { BarView } from '../heatmap/barView';
import { barColours } from '../heatmap/colours';
import { Scrubber } from '../heatmap/scrubber';
import { oncePerFrame } from '../kit/dom';
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
import { Answers } from './answers';
import { Ascent, type AscentSubject } from './ascent';
import { AscentView } from './ascentView';
import { CloseView } from './closeView';
import { Controls } from './controls';
import { FactsTable } from './factsTable';
import { coloursOf, factsOf, type MapFacts, ordered, ownRange, sharedRange } from './features';
import { GridView } from './gridView';
import { firstImage, listedImage, nextImage } from './images';
import { LayerPane } from './layerPane';
import { mapsCsv, mapsPng, picturePng, type Savable } from './saving';
import { initialState, type NetworkState } from './state';
import { UnetView } from './unetView';
import { WeightsSection } from './weightsSection';
import { WeightsView } from './weightsView';
import { badges, captionOf, failureOf, headline, noticesOf, type Shown, untrusted, waitingWord } from './words';
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
      weights.forget();
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

const pane = new LayerPane(
  {
    tools: controls.tools,
    scrubber: scrubber.root,
    grid: grid.root,
    bar: bar.root,
    facts: facts.root,
    close,
    ascent: ascentView,
  },
  () => {
    answers.retry();
    draw();
  },
);
document.body.append(controls.head, unet.root, pane.root, weightsView.root);
const weights = new WeightsSection(weightsView, answers, () => draw());
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
  const image = asked?.image?.state === 'ready' ? asked.image.value : null;
  drawMaps(image);
  const failure = failureOf(asked, run, state);
  unet.root.hidden = pane.root.hidden = !trusted;
  pane.say(failure, shown === null ? waitingWord(asked, run) : '');
  scrubber.show({ epochs, epoch, thumbnails: [], of: '' });
  controls.show({
    run,
    state,
    title: `Inside the network${epoch === null ? '' : ` after epoch ${shown?.maps.epoch ?? epoch}`}`,
    about: [run.info.experiment ? `experiment ${run.info.experiment}` : '', `trained with ${run.info.loss}`]
      .filter(Boolean)
      .join(' · '),
    badges: badges(run, image),
    notices: trusted ? noticesOf(run, image, state.layer, answers.layers.last) : [untrusted],
    inspector,
    ends: shown?.ends ?? null,
  });
  const rest = shown !== null || failure !== null;
  weights.show(run, { state, layer: shown?.layer.name ?? null, trusted, rest });
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
  if (shown === null) {
    pane.name(null);
    return;
  }
  const { maps: answer, layer, facts: numbers, ends } = shown;
  const chosen = chosenOf(shown);
  const colours = coloursOf(layer.relu);
  const own = state.range === 'own';
  const rangeOf = (one: MapFacts): readonly [number, number] => (own ? ownRange(one, layer.relu) : ends);
  const dead = answers.deadFilters()?.get(layer.name) ?? noFilters;
  pane.name({ title: headline(shown), caption: captionOf(shown, state.range, dead) });
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
