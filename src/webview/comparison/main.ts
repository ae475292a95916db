import type { Zoom } from '../kit/chartModel';
import { parameters, settingsOf } from '../kit/configuration';
import { fileName } from '../kit/csv';
import { type CurveSettings, layersChart, metricChart, usualBand } from '../kit/curves';
import { oncePerFrame } from '../kit/dom';
import { Figure, type FigureEvents } from '../kit/figure';
import { measureOf, studyMeasures } from '../kit/measures';
import { onThemeChange, pageTheme } from '../kit/pageTheme';
import { connect, showFailure } from '../kit/panelApi';
import { livenessText, namedRuns, updatedRun } from '../kit/runs';
import { allBut, toggled } from '../kit/toggles';
import type { ComparedRun, ComparisonToHost, ComparisonToPanel } from '../protocol/comparison';
import type { Liveness, Split } from '../protocol/run';
import './comparison.css';
import { Controls } from './controls';
import { parameterChart } from './parameterChart';
import { type ComparedNamedRun, resultsCsv, resultsTable, type TableSettings } from './resultsTable';
import { ResultsView } from './resultsView';
import { SettingsView } from './settingsView';
import { type ComparisonState, initialState, zoomOf } from './state';

/** Metrics that are plotted over a setting. */
const plottedOverSetting = ['iou', 'confidenceForeground', 'confidenceBackground'];

const api = connect<ComparisonToHost, ComparisonToPanel, ComparisonState>({
  update: ({ runs: updates, liveness: now }) => {
    runs = runs.map((run) => {
      const update = updates.find(({ info }) => info.folder === run.info.folder);
      if (!update) return run;
      return { ...updatedRun(run, update), images: update.images ?? run.images };
    });
    liveness = now;
    draw();
  },
});

let state: ComparisonState = { ...initialState, ...api.remembered };
let runs: readonly ComparedRun[] = [];
let liveness: Liveness = { mode: 'watching' };
let theme = pageTheme();

const figureEvents: FigureEvents = {
  zoomed: (id: string, zoom: Zoom) => {
    const overSetting = id.startsWith('parameter');
    change({ ...(overSetting ? {} : { zoomX: zoom.x ?? null }), zoomY: { ...state.zoomY, [id]: zoom.y } });
    if (!overSetting) resetZooms(id);
  },
  hovered: (key) => {
    for (const figure of figures.values()) figure.chart.highlight(key);
  },
  picked: ({ line }) => api.host.send('openMetrics', { folders: [line.folder] }),
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
    // Other panes or another x: what was zoomed into is no longer there.
    const rescaled = patch.xBy !== undefined || patch.layout !== undefined;
    change(rescaled ? { ...patch, zoomX: null, zoomY: {} } : patch);
    if (rescaled) resetZooms();
  },
  toggled: (key) => change({ hidden: toggled(state.hidden, key) }),
  alone: (key) => change({ hidden: allBut(state.folders, state.hidden, key) }),
  hovered: (key) => figureEvents.hovered(key),
  saveTable: () => {
    const { table, settings } = currentTable(namedRuns(runs));
    figureEvents.save({ name: fileName('losscape results', 'csv'), content: resultsCsv(table, settings) });
  },
  openMetrics: () => api.host.send('openMetrics', { folders: state.folders }),
});
const results = new ResultsView({
  sort: (column) => {
    const same = state.sort.column === column;
    // A third click goes back to the order in which the runs were chosen.
    if (same && !state.sort.descending) change({ sort: initialState.sort });
    else change({ sort: { column, descending: !same } });
  },
  baseline: (folder) => change({ baseline: folder }),
  hovered: (key) => figureEvents.hovered(key),
  open: (folder) => api.host.send('openMetrics', { folders: [folder] }),
});
const settingsView = new SettingsView((before, after) => api.host.send('diff', { before, after }));
controls.results.append(results.root);
controls.settings.append(settingsView.root);
document.body.append(controls.root);

const draw = oncePerFrame(() => {
  const named = namedRuns(runs);
  const visible = named.filter((run) => !state.hidden.includes(run.info.folder));
  const choices = parameters(named.map((run) => settingsOf(run.info.configuration)));
  const parameter = choices.find(({ path }) => path === state.parameter) ?? choices[0] ?? null;
  const { table, settings } = currentTable(visible);
  controls.show({
    state,
    runs: named,
    baseline: settings.baseline,
    split: settings.split,
    tested: tested(),
    liveness: livenessText(runs, liveness),
    parameters: choices,
    parameter: parameter?.path ?? null,
    theme,
  });
  results.show(table, settings, theme);
  drawCurves(visible);
  settingsView.show(visible, settings.baseline, theme);
  const version = JSON.stringify([
    parameter,
    settings.at,
    settings.split,
    state.hidden,
    state.switchedY,
    named.map((run) => run.name),
  ]);
  for (const key of plottedOverSetting) {
    if (parameter === null) continue;
    const measure = measureOf(key);
    figure(`parameter ${key}`).update(
      [version, ...named.map((run) => run.images)],
      () =>
        parameterChart(named, parameter, measure, {
          at: settings.at,
          split: settings.split,
          hidden: new Set(state.hidden),
          switchedY: new Set(state.switchedY),
        }),
      measure.meaning,
    );
  }
  const without = parameter === null ? [] : named.filter((_, index) => parameter.values[index] === null);
  controls.noteParameter(
    'Whiskers are 95 % intervals of the mean over images. Other settings may differ too: see the table below.' +
      (without.length > 0
        ? ` Without this setting, and so not shown: ${without.map((run) => run.name).join(', ')}.`
        : ''),
  );
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
  })
  .catch(showFailure);

function change(patch: Partial<ComparisonState>): void {
  state = { ...state, ...patch };
  api.remember(state);
  draw();
}

/** Whether any run has test images to compare. */
function tested(): boolean {
  return runs.some((run) => run.images.last.test !== null) || runs.every((run) => run.info.images.test > 0);
}

/** The plain cross-entropy is what other losses are usually held against; without one, the first run. */
function usualBaseline(): string {
  const plain = runs.find((run) => run.info.loss === 'cross-entropy');
  return (plain ?? runs[0])?.info.folder ?? '';
}

function currentTable(shown: readonly ComparedNamedRun[]): {
  table: ReturnType<typeof resultsTable>;
  settings: TableSettings;
} {
  const chosen = runs.some((run) => run.info.folder === state.baseline) ? state.baseline! : usualBaseline();
  const split: Split = tested() ? state.split : 'train';
  const settings = { at: state.at, split, baseline: chosen, metrics: state.metrics, sort: state.sort };
  return { table: resultsTable(shown, settings), settings };
}

function drawCurves(visible: readonly ComparedNamedRun[]): void {
  const panes = state.layout === 'panes';
  const settings: CurveSettings = {
    xBy: state.xBy,
    logX: false,
    // Side by side there is room for both splits; overlaid, each line would have a twin.
    splits: !tested() ? ['train'] : panes ? ['train', 'test'] : [state.split],
    band: state.band ?? usualBand(state.layout, visible.length),
    smoothing: state.smoothing,
    switchedY: new Set(state.switchedY),
    hidden: new Set(),
    layout: state.layout,
  };
  const version = JSON.stringify([
    { ...settings, switchedY: state.switchedY },
    visible.map((run) => [run.name, run.info.folder]),
  ]);
  const colours = panes && tested() ? ' Train in blue, test in red.' : '';
  // Losses are on different scales; overlaid, the likelihood is a yardstick for all of them.
  const shownMeasures = panes ? studyMeasures : [...studyMeasures, measureOf('nll')];
  if (panes) figures.get('nll')?.update([], () => null, '');
  for (const measure of shownMeasures) {
    figure(measure.key).update(
      [version, ...visible.flatMap((run) => [run.series.train, run.series.test])],
      () => metricChart(visible, measure, settings),
      measure.meaning + colours,
    );
  }
  figure('layers').update(
    [version, ...visible.map((run) => run.series.layers)],
    () => layersChart(visible, settings),
    'How far the weights of each layer move in one step: the sum over weights and biases of |Δw|, averaged over the steps of an epoch.',
  );
}

function resetZooms(except?: string): void {
  for (const figure of figures.values()) if (figure.id !== except) figure.setZoom(zoomOf(state, figure.id));
}

/** The figure with this id, made when it is first needed. */
function figure(id: string): Figure {
  let found = figures.get(id);
  if (!found) {
    const overSetting = id.startsWith('parameter');
    found = new Figure(id, theme, figureEvents, { paneHeight: overSetting ? 220 : 190, wide: id === 'layers' });
    found.setZoom(zoomOf(state, id));
    figures.set(id, found);
    if (overSetting) controls.parameterFigures.append(found.root);
    // The layers take a row of their own, after all others.
    else controls.curves.insertBefore(found.root, id === 'layers' ? null : (figures.get('layers')?.root ?? null));
  }
  return found;
}
