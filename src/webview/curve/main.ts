import type { Zoom } from '../kit/chartModel';
import { element, oncePerFrame, replaceChildren } from '../kit/dom';
import { Figure, type FigureEvents } from '../kit/figure';
import { Legend } from '../kit/legend';
import { onThemeChange, pageTheme } from '../kit/pageTheme';
import { connect, showFailure } from '../kit/panelApi';
import type { CurveSnapshot, CurveToHost, CurveToPanel } from '../protocol/curve';
import { type ChartId, curveChart, curveCharts, lookOf } from './charts';
import './curve.css';

/** What the page remembers: the editor hands it to the host after a reload, to find the file again. */
interface CurveState {
  readonly uri: string;
  readonly index: number;
  readonly hidden: readonly string[];
  readonly switchedY: readonly string[];
  readonly zoom: Readonly<Record<string, Zoom>>;
}

const api = connect<CurveToHost, CurveToPanel, CurveState>({ show });

let state: CurveState = { uri: '', index: 0, hidden: [], switchedY: [], zoom: {}, ...api.remembered };
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
  alone: (key) => {
    const keys = snapshot?.lines.map((line) => line.key) ?? [];
    const others = keys.filter((each) => each !== key);
    change({ hidden: others.every((each) => state.hidden.includes(each)) ? [] : others });
  },
  hovered: (key) => figureEvents.hovered(key),
});
document.body.append(
  element('header', { class: 'head' }, title, source),
  notice,
  formula,
  notes,
  legend.root,
  element('main', { class: 'figures', 'data-panel': 'curve' }, ...figures.map(({ root }) => root)),
);

const draw = oncePerFrame(() => {
  if (snapshot === null) return;
  const { lines, label, file, index, formulas, problem } = snapshot;
  title.textContent = label === '' ? 'Loss curve' : label;
  source.textContent = `${file}, losses[${index}]`;
  notice.textContent = problem ?? '';
  notice.hidden = problem === null;
  formula.textContent = formulas.join('\n');
  formula.hidden = formulas.length === 0;
  replaceChildren(notes, ...snapshot.notes.map((note) => element('p', {}, note)));
  const settings = { hidden: new Set(state.hidden), switchedY: new Set(state.switchedY) };
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
  for (const figure of figures) {
    const id = figure.id as ChartId;
    const inputs = [snapshot, state.hidden, state.switchedY];
    figure.update(inputs, () => (lines.length === 0 ? null : curveChart(id, lines, settings)), curveCharts[id].caption);
  }
});

onThemeChange((next) => {
  theme = next;
  for (const figure of figures) figure.setTheme(theme);
  draw();
});

void api.host.request('ready', null).then(show).catch(showFailure);

function show(next: CurveSnapshot): void {
  // Other losses of the file are there to be switched on.
  const first = snapshot === null && state.uri === '';
  const hidden = first ? next.lines.filter(({ role }) => role === 'other').map(({ key }) => key) : state.hidden;
  snapshot = next;
  change({ uri: next.uri, index: next.index, hidden });
}

function change(patch: Partial<CurveState>): void {
  state = { ...state, ...patch };
  api.remember(state);
  draw();
}

function toggled(keys: readonly string[], key: string): string[] {
  return keys.includes(key) ? keys.filter((each) => each !== key) : [...keys, key];
}
