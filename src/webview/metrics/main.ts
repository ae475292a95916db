import type { Zoom } from '../kit/chartModel';
import { layersChart, metricChart, stepLossChart, type CurveSettings, type NamedRun } from '../kit/curves';
import { oncePerFrame } from '../kit/dom';
import { Figure, type FigureEvents } from '../kit/figure';
import { type Measure, measures, studyMeasures } from '../kit/measures';
import { onThemeChange, pageTheme } from '../kit/pageTheme';
import { connect, showFailure } from '../kit/panelApi';
import { livenessText, namedRuns, updatedRun } from '../kit/runs';
import { allBut, toggled } from '../kit/toggles';
import type { EpochDetails, MetricsToHost, MetricsToPanel } from '../protocol/metrics';
import type { Liveness, RunData } from '../protocol/run';
import { Controls } from './controls';
import { Inspector } from './inspector';
import './metrics.css';
import { curveSettings, initialState, type MetricsState, splitsOf, zoomOf } from './state';

const api = connect<MetricsToHost, MetricsToPanel, MetricsState>({
  update: ({ runs: updates, liveness: now }) => {
    runs = runs.map((run) => {
      const update = updates.find(({ info }) => info.folder === run.info.folder);
      return update ? updatedRun(run, update) : run;
    });
    liveness = now;
    draw();
    // The newest evaluation of an epoch that is being looked at may have become whole.
    const seen = state.inspected;
    if (seen && updates.some(({ info, tails }) => info.folder === seen.folder && (tails.train ?? tails.test)))
      inspect();
  },
});

let state: MetricsState = { ...initialState, ...api.remembered };
let runs: readonly RunData[] = [];
let liveness: Liveness = { mode: 'watching' };
let theme = pageTheme();
let details: EpochDetails | null = null;
let problem: string | null = null;

const figureEvents: FigureEvents = {
  zoomed: (id: string, zoom: Zoom) => {
    change({ zoomX: zoom.x ?? null, zoomY: { ...state.zoomY, [id]: zoom.y } });
    for (const figure of figures.values()) if (figure.id !== id) figure.setZoom(zoomOf(state, figure.id));
  },
  hovered: (key) => {
    for (const figure of figures.values()) figure.chart.highlight(key);
  },
  picked: ({ line, point }) => {
    const epoch = line.epochs[point];
    if (epoch !== undefined && Number.isFinite(epoch)) goTo(line.folder, epoch);
  },
  switchedY: (id) => {
    const { [id]: _, ...zoomY } = state.zoomY;
    change({ switchedY: toggled(state.switchedY, id), zoomY });
    figures.get(id)?.setZoom(zoomOf(state, id));
  },
  save: (file) => void api.host.request('save', file).catch(showFailure),
};

const figures = new Map<string, Figure>();
const controls = new Controls({
  change: (patch) => {
    const rescaled = patch.xBy !== undefined || patch.logX !== undefined;
    change(rescaled ? { ...patch, zoomX: null } : patch);
    if (rescaled) for (const figure of figures.values()) figure.setZoom(zoomOf(state, figure.id));
  },
  toggled: (key) => change({ hidden: toggled(state.hidden, key) }),
  alone: (key) => change({ hidden: allBut(controls.keys, state.hidden, key) }),
  hovered: (key) => figureEvents.hovered(key),
  compare: () => api.host.send('compare', { folders: state.folders }),
});
const inspector = new Inspector({
  close: () => change({ inspected: null }),
  go: goTo,
  metric: (metric) => state.inspected && change({ inspected: { ...state.inspected, metric } }),
  open: (image, what) => {
    if (!state.inspected) return;
    const { folder, epoch } = state.inspected;
    api.host.send('openImage', { folder, epoch, image, what });
  },
  heatmap: (image) => {
    if (!state.inspected) return;
    const { folder, epoch } = state.inspected;
    api.host.send('openHeatmap', { folder, epoch, ...(image === undefined ? {} : { image }) });
  },
  openRun: (what) => state.inspected && api.host.send('openRun', { folder: state.inspected.folder, what }),
});
document.body.append(controls.root, inspector.root);

const draw = oncePerFrame(() => {
  const named = namedRuns(runs);
  const tested = runs.some((run) => run.series.test.rows > 0) || runs.every((run) => run.info.images.test > 0);
  const settings = curveSettings(state, runs.length, tested);
  controls.show({ state, runs: named, settings, tested, liveness: livenessText(runs, liveness), theme });
  drawFigures(named, settings);
  showInspector(named);
});

onThemeChange((next) => {
  theme = next;
  for (const figure of figures.values()) figure.setTheme(theme);
  draw();
});

void api.host
  .request('ready', null)
  .then((snapshot) => {
    runs = snapshot.runs;
    liveness = snapshot.liveness;
    change({ folders: runs.map((run) => run.info.folder) });
    if (state.inspected && runs.some((run) => run.info.folder === state.inspected?.folder)) inspect();
  })
  .catch(showFailure);

function change(patch: Partial<MetricsState>): void {
  state = { ...state, ...patch };
  api.remember(state);
  draw();
}

/** What the charts are about: the same object as long as names and looks stay, whatever the status of a run says. */
let settingsKey = '';
let settingsVersion = 0;

function drawFigures(named: readonly NamedRun[], settings: CurveSettings): void {
  const { xBy, logX, splits, band, smoothing, switchedY, hidden, layout } = settings;
  const key = JSON.stringify([
    xBy,
    logX,
    splits,
    band,
    smoothing,
    [...switchedY],
    [...hidden],
    layout,
    named.map((run) => run.name),
  ]);
  if (key !== settingsKey) settingsVersion += 1;
  settingsKey = key;
  const evaluations = [settingsVersion, ...named.flatMap((run) => [run.series.train, run.series.test])];
  const chart = (measure: Measure): void => {
    figure(measure.key).update(evaluations, () => metricChart(named, measure, settings), measure.meaning);
  };
  for (const measure of studyMeasures) chart(measure);
  figure('stepLoss').update(
    [settingsVersion, ...named.map((run) => run.series.steps)],
    () => stepLossChart(named, settings),
    'The loss on each mini-batch while training, noisier than an evaluation and there before it.',
  );
  for (const measure of measures.slice(studyMeasures.length)) {
    if (state.more.includes(measure.key)) chart(measure);
    else figures.get(measure.key)?.update([], () => null, '');
  }
  figure('layers', true).update(
    [settingsVersion, ...named.map((run) => run.series.layers)],
    () => layersChart(named, settings),
    'How far the weights of each layer move in one step: the sum over weights and biases of |Δw|, averaged over the steps ' +
      'of an epoch. Large layers have more weights to sum over, so compare a layer with itself across runs and epochs.',
  );
}

/** The figure with this id, made when it is first needed. */
function figure(id: string, wide = false): Figure {
  let found = figures.get(id);
  if (!found) {
    found = new Figure(id, theme, figureEvents, { wide, paneHeight: wide ? 170 : 190 });
    found.setZoom(zoomOf(state, id));
    figures.set(id, found);
    // The layers take a row of their own, after all others.
    controls.figures.insertBefore(found.root, wide ? null : (figures.get('layers')?.root ?? null));
  }
  return found;
}

function goTo(folder: string, epoch: number): void {
  details = null;
  problem = null;
  change({ inspected: { folder, epoch, metric: state.inspected?.metric ?? 'iou' } });
  inspect();
}

/** Asks for what the inspected epoch can show. An answer that comes too late is dropped. */
function inspect(): void {
  const asked = state.inspected;
  if (!asked) return;
  api.host
    .request('epoch', { folder: asked.folder, epoch: asked.epoch })
    .then((answer) => {
      if (state.inspected?.folder !== asked.folder || state.inspected.epoch !== asked.epoch) return;
      details = answer;
      problem = null;
      draw();
    })
    .catch((error: unknown) => {
      problem = error instanceof Error ? error.message : String(error);
      draw();
    });
}

function showInspector(named: readonly NamedRun[]): void {
  const { inspected } = state;
  const run = named.find(({ info }) => info.folder === inspected?.folder);
  document.body.classList.toggle('inspecting', inspected !== null && run !== undefined);
  if (!inspected || !run) {
    inspector.show(null, theme);
    return;
  }
  const split = splitsOf(state, 1, run.series.test.rows > 0).at(-1)!;
  inspector.show(
    {
      ...inspected,
      names: named.map(({ info, name }) => ({ folder: info.folder, name })),
      epochs: Array.from(run.series[split].columns['epoch'] ?? []),
      details: details?.folder === inspected.folder && details.epoch === inspected.epoch ? details : null,
      problem,
    },
    theme,
  );
}
