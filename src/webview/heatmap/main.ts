import { element, oncePerFrame } from '../kit/dom';
import { onThemeChange, pageTheme } from '../kit/pageTheme';
import { connect, showFailure } from '../kit/panelApi';
import type { HeatmapRun, HeatmapTarget, HeatmapToHost, HeatmapToPanel, ImageReference } from '../protocol/heatmap';
import { Budgets } from './budgets';
import { BudgetStore } from './budgetStore';
import { budgetsShown, budgetSubjects } from './budgetsModel';
import { Contents } from './content';
import type { TileData } from './tileData';
import { Controls } from './controls';
import { Loader } from './loader';
import { addition, arrival, journey, pointsOf, typing } from './moves';
import { aboutRuns, badgesOf, imageChoices, named, nextImage, noticesOf, shownLosses, tipOf } from './panelModel';
import { Following, moved, withoutEpochs } from './points';
import { savePicture, saveSequence } from './saving';
import { Scrubber } from './scrubber';
import { Side } from './side';
import { Stage } from './stage';
import {
  allLosses,
  chosen,
  epochsOf,
  type HeatmapState,
  initialState,
  type LayerId,
  nearestEpoch,
  ofImage,
  spreadOut,
  tilesOf,
} from './state';
import { Thumbnails } from './thumbnails';
import { headline, layerName } from './titles';
import { Wants } from './wants';
import './heatmap.css';

const api = connect<HeatmapToHost, HeatmapToPanel, HeatmapState>({
  runs: ({ runs: now }) => {
    // The snapshot is under way, and says it all.
    if (runs.length === 0) return;
    const patch = addition(state, runs, now);
    runs = now;
    change(patch);
  },
  go: (target) => goTo(target),
  point: (point) => {
    following.take(point);
    draw();
  },
  inspector: ({ word }) => {
    inspector = word;
    draw();
  },
});

let state: HeatmapState = { ...initialState, ...api.remembered };
let runs: readonly HeatmapRun[] = [];
let theme = pageTheme();
let inspector: string | null = null;
let lossProblem: string | null = null;
let busy: string | null = null;
let trusted = true;
let shownTiles: readonly TileData[] = [];

/** How many epochs get a thumbnail and a place in the budgets. */
const mostEpochs = 24;

const loader = new Loader(api.host, (shown) => (shown === 'all' ? draw() : drawWithin(drawnWithin[shown])));
const contents = new Contents(loader);
const following = new Following(loader, (point) => {
  runs = moved(runs, point);
  remember({ points: pointsOf(runs) });
});
const budgetStore = new BudgetStore();
const thumbnails = new Thumbnails(contents);
const wants = new Wants(loader, contents.values, thumbnails, budgetStore, () => draw());
const side = new Side(theme);
const stage = new Stage(theme, {
  viewed: (view) => remember({ view }),
  hovered: (place, tile) => {
    side.point(place ?? state.cursor, place ? tile : undefined);
    const data = shownTiles[tile];
    return place && data ? tipOf(data, place) : null;
  },
  pinned: (cursor, tile) => {
    remember({ cursor });
    stage.place(state.view, cursor, state.region);
    stage.say(side.point(cursor, tile));
  },
  region: (region) => {
    stage.drawing = false;
    change({ region });
  },
  epoch: (by) => scrubber.step(by),
  play: () => scrubber.toggle(),
});
const scrubber = new Scrubber(
  (epoch, last) => change({ epoch: last ? null : epoch }),
  () => shownTiles.every(({ margin }) => margin === null || margin.state !== 'loading'),
);
const budgets = new Budgets(
  theme,
  (patch) => change({ budget: { ...state.budget, ...patch } }),
  (epoch) => change({ epoch }),
);
const controls = new Controls({
  change,
  pick: (what, key, add) => {
    const beside = state.sideBySide || add;
    if (what === 'layers') change({ layers: chosen(state.layers, key as LayerId, beside) });
    else if (what === 'losses') change({ losses: chosen(shownLosses(runs, state), key, beside) });
    else change({ runs: chosen(state.runs, key, beside) });
    if (add) change({ sideBySide: true });
  },
  image: (value) => change({ image: JSON.parse(value) as ImageReference, cursor: null, region: null }),
  stepImage: (by) => {
    const image = nextImage(runs, state.image, by);
    if (image) change({ image, cursor: null, region: null });
  },
  chooseImage: () =>
    void api.host
      .request('chooseImage', null)
      .then((image) => image && goTo({ image }))
      .catch(showFailure),
  addRuns: () => api.host.send('addRuns', null),
  typeLoss: (text) => void typeLoss(text).catch(showFailure),
  fit: () => {
    contents.unfit();
    change({ fixed: {} });
  },
  zoom: (factor) => stage.zoom(factor),
  drawRegion: () => {
    stage.drawing = !stage.drawing;
    draw();
  },
  savePicture: () => void savePicture(api.host, figure(), stage).catch(showFailure),
  saveSequence: () => void animate().catch(showFailure),
});
const retry = element('button', { class: 'quiet retry', type: 'button', onclick: () => loader.retry() }, 'Try again');
const look = element('main', { class: 'look', 'data-panel': 'heatmap' }, stage.root, side.root, scrubber.root);
document.body.append(controls.root, retry, look, budgets.root, side.numbers);

/**
 * In milliseconds. What is fetched ahead shows as a thumbnail at most: dozens of them must not hold up what somebody waits for. And
 * a photograph whose map is right behind it is drawn with it.
 */
const drawnWithin = { some: 60, none: 250 };
let drawing: { readonly at: number; readonly timer: ReturnType<typeof setTimeout> } | undefined;

const draw = oncePerFrame(() => {
  clearTimeout(drawing?.timer);
  drawing = undefined;
  const { image } = state;
  const coming = following.proceed(
    runs.filter(({ info }) => state.runs.includes(info.folder)),
    image,
  );
  const names = named(runs);
  const { tiles, leftOut } = tilesOf(state, runs);
  const shownRuns = names.filter(({ run }) => state.runs.includes(run.info.folder));
  const epochs = epochsOf(shownRuns.map(({ run }) => run));
  const epoch = state.epoch === null ? (epochs.at(-1) ?? null) : nearestEpoch(epochs, state.epoch);
  shownTiles = image ? tiles.map((tile) => contents.data(tile, image, epoch)) : [];
  const losses = allLosses(runs, state.typed);
  const subjects = budgetSubjects(shownRuns, losses, shownLosses(runs, state));
  const spread = spreadOut(epochs, mostEpochs);
  const counted = epochs.length === 0 && shownRuns.some(({ run }) => run.point) ? [null] : spread;
  const of = shownTiles.find(({ tile }) => !ofImage.has(tile.layer) && !tile.run.point) ?? null;
  if (image && trusted)
    wants.declare({
      image,
      nearImages: [nextImage(runs, image, 1), nextImage(runs, image, -1)].flatMap((near) => near ?? []),
      tiles,
      epochs,
      epoch,
      spread,
      counted,
      coming,
      of: of?.tile ?? null,
      subjects,
      state,
    });
  if (state.range === 'fixed') contents.fit(shownTiles);
  const { content, bar } = contents.all(shownTiles, names, state);
  stage.show(content, bar);
  stage.place(state.view, state.cursor, state.region);
  retry.hidden = !shownTiles.some(({ image: shown, margin }) => shown.state === 'failed' || margin?.state === 'failed');
  look.hidden = budgets.root.hidden = !trusted;
  controls.show({
    state,
    runs: names,
    losses,
    shownLosses: shownLosses(runs, state),
    epochs: epochs.length,
    images: imageChoices(runs, image),
    image: JSON.stringify(image),
    title:
      headline(state.layers, image, epoch, epochs.length === 0 ? (shownRuns[0]?.run.point ?? null) : null) ||
      'Confidence heatmap',
    about: aboutRuns(runs, state),
    badges: badgesOf(shownTiles, runs, state),
    notices: trusted
      ? noticesOf(shownTiles, names, epoch, leftOut)
      : [
          'This workspace is not trusted, so the network cannot be run. Trust it (Manage Workspace Trust) to see the maps.',
        ],
    range: contents.firstRange(shownTiles, state),
    inspector,
    lossProblem,
    drawingRegion: stage.drawing,
    busy,
  });
  scrubber.show({
    epochs,
    epoch,
    thumbnails:
      of && image ? thumbnails.of(of.tile, image, spread, contents.rangeFor(of, shownTiles, state), state) : [],
    of: of ? `${layerName(of.tile.layer)}${of.tile.loss ? ` under ${of.tile.loss.label}` : ''}` : '',
    note: withoutEpochs(shownRuns.map(({ run }) => run)),
  });
  side.show(
    shownTiles,
    content.map(({ title }) => title),
    names,
    losses,
    contents,
    state,
  );
  budgets.show(
    image && subjects.length > 0
      ? budgetsShown(subjects, counted, image, epoch, budgetStore, state.budget, budgets.shares)
      : null,
    state.budget,
  );
});

function drawWithin(milliseconds: number): void {
  const at = performance.now() + milliseconds;
  if (drawing && drawing.at <= at) return;
  clearTimeout(drawing?.timer);
  const timer = setTimeout(() => {
    drawing = undefined;
    draw();
  }, milliseconds);
  drawing = { at, timer };
}

async function typeLoss(text: string): Promise<void> {
  if (text.trim() === '') return;
  const answer = await api.host.request('loss', { text });
  lossProblem = 'problem' in answer ? answer.problem : null;
  if ('problem' in answer) {
    draw();
    return;
  }
  controls.lossTaken();
  change(typing(state, runs, answer));
}

/** Everything that a picture of the view is made of. */
function figure() {
  const { content, bar } = contents.all(shownTiles, named(runs), state);
  return {
    content: {
      title: document.querySelector('h1')?.textContent ?? '',
      subtitle: aboutRuns(runs, state),
      tiles: content,
      bar,
      columns: stage.columns,
    },
    view: state.view,
    data: shownTiles,
    ranges: shownTiles.map((data) => contents.rangeFor(data, shownTiles, state)),
    state,
  };
}

async function animate(): Promise<void> {
  if (busy !== null) return;
  const before = state.epoch;
  const epochs = epochsOf(runs.filter(({ info }) => state.runs.includes(info.folder)));
  try {
    await saveSequence(
      api.host,
      epochs,
      stage,
      async (epoch, done) => {
        busy = `${done} of ${epochs.length}`;
        change({ epoch });
        await settled();
        return figure();
      },
      () => {
        busy = 'encoding …';
        draw();
      },
    );
  } finally {
    busy = null;
    change({ epoch: before });
  }
}

/** Until everything that is shown has come, or has failed. */
async function settled(): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve, 40));
  while (shownTiles.some(({ image, margin }) => image.state === 'loading' || margin?.state === 'loading'));
}

function goTo(target: HeatmapTarget): void {
  change(journey(state, runs, target));
}

function remember(patch: Partial<HeatmapState>): void {
  state = { ...state, ...patch };
  api.remember(state);
}

function change(patch: Partial<HeatmapState>): void {
  remember(patch);
  draw();
}

onThemeChange((next) => {
  theme = next;
  stage.setTheme(theme);
  side.setTheme(theme);
  budgets.setTheme(theme);
  draw();
});

void api.host
  .request('ready', null)
  .then((snapshot) => {
    ({ runs, trusted } = snapshot);
    change(arrival(state, runs));
    if (snapshot.target) goTo(snapshot.target);
  })
  .catch(showFailure);
