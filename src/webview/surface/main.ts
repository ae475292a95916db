import { element, oncePerFrame, replaceChildren } from '../kit/dom';
import { onThemeChange, pageTheme } from '../kit/pageTheme';
import { connect, showFailure } from '../kit/panelApi';
import { slider } from '../kit/widgets';
import type {
  ImageReference,
  SurfaceData,
  SurfaceInfo,
  SurfaceSnapshot,
  SurfaceToHost,
  SurfaceToPanel,
} from '../protocol/surface';
import { Controls } from './controls';
import { SurfaceCurvature } from './curvature';
import { nearestPoint } from './field';
import { Filmstrip } from './filmstrip';
import { Legend } from './legend';
import { NetworkView } from './network';
import { PaneView } from './paneView';
import { ProfilesView } from './profiles';
import { checkpointAt, Reading, tipLines } from './reading';
import { exportPane, surfaceCsv } from './saving';
import { noticesOf, type Scene, sceneOf } from './scene';
import { initialState, neededKeys, type Place, seriesOf, type SurfaceState } from './state';
import { Stage3d } from './stage3d';
import './surface.css';

const api = connect<SurfaceToHost, SurfaceToPanel, SurfaceState>({
  data: (body) => {
    if (body.info.folder !== data?.info.folder) return;
    problem = null;
    data = body;
    surfaces = surfaces.map((one) => (one.folder === body.info.folder ? body.info : one));
    draw();
  },
  problem: ({ message }) => {
    problem = `The surface cannot be read just now: ${message}`;
    draw();
  },
  go: ({ folder }) => void open(folder),
  curvature: (found): void => curvature.receive(found),
  inspector: ({ word }) => {
    inspector = word;
    draw();
  },
});

let state: SurfaceState = { ...initialState, ...api.remembered };
let snapshot: SurfaceSnapshot | null = null;
let surfaces: readonly SurfaceInfo[] = [];
let data: SurfaceData | null = null;
/** The other epochs of the series, by folder. */
let others = new Map<string, SurfaceData>();
let theme = pageTheme();
let inspector: string | null = null;
let problem: string | null = null;
let scene: Scene | null = null;
const panes = new Map<string, PaneView>();

const controls = new Controls({
  change: (patch) => void change(patch),
  open: (folder) => void open(folder),
  resume: () => api.host.send('resume', { folder: state.folder }),
  saveCsv: () => {
    const shown = shownData();
    if (shown.length > 0)
      void api.host.request('save', { name: `losscape-${shown[0]!.info.id}.csv`, content: surfaceCsv(shown) });
  },
});
const stage = element('div', {
  class: 'panes',
  tabIndex: 0,
  role: 'application',
  'aria-label': 'Surfaces: arrow keys move the cursor point by point, Escape takes it away',
});
const stage3d = new Stage3d((file) => void file.then((made) => api.host.request('save', made)).catch(showFailure));
const legend = new Legend();
const tip = element('div', { class: 'tooltip surface-tip', hidden: true });
const network = new NetworkView(api.host, (image) => void change({ image }), theme);
const profiles = new ProfilesView((along, value) => moveTo({ ...cursorOrMiddle(), [along]: value }));
const filmstrip = new Filmstrip(api.host, () => {
  const image = data ? (state.image ?? firstImage(data.info)) : null;
  return data && image && snapshot?.trusted ? { info: data.info, place: cursorOrMiddle(), image } : null;
});
const reading = new Reading();
const curvature: SurfaceCurvature = new SurfaceCurvature(api.host, theme, state.curvature, (next) =>
  remember({ curvature: next }),
);
const epochs = element('div', { class: 'controls epochs' });
const body = element('main', { class: 'surface', 'data-panel': 'surface' });
const waiting = element('p', { class: 'empty' }, 'Reading the surface …');
body.append(
  element('div', { class: 'surface-main' }, legend.root, epochs, stage, stage3d.root, profiles.root, filmstrip.root),
  element('div', { class: 'surface-side' }, network.root, curvature.card.root),
);
document.body.append(waiting, controls.root, body, reading.root, curvature.root, tip);
for (const part of [controls.root, body, reading.root]) part.hidden = true;

const draw = oncePerFrame(() => {
  if (!data || !snapshot) return;
  waiting.hidden = true;
  for (const part of [controls.root, body, reading.root]) part.hidden = false;
  const { info } = data;
  const series = seriesOf(surfaces, info);
  scene = sceneOf(shownData(), [...others.values()], state);
  const words = [problem, inspector, ...snapshot.problems, ...noticesOf(scene, info, state)];
  controls.show(state, info, surfaces, {
    series: series.length > 1,
    synthetic: snapshot.synthetic,
    notices: words.filter((word) => word !== null),
  });
  showEpochs(series, info);
  showPanes(scene);
  const three = state.view === '3d' && info.kind === 'plane';
  stage3d.root.hidden = !three;
  if (three) stage3d.show(scene.panes, state.cursor, theme);
  const overlay = scene.panes.find(({ model }) => model.overlay !== null)?.model.overlay?.name ?? null;
  const paths = state.paths && info.kind === 'plane' ? scene.paths : [];
  legend.show(paths, overlay, state, info, theme);
  showCursor();
  reading.show(scene.read, state.cursor);
  const runs = data.paths.map(({ run }) => run);
  curvature.show(info, scene.read, runs.length > 0 ? runs : info.runs, snapshot.trusted);
});

function showPanes({ panes: shown }: Scene): void {
  const flat = state.view !== '3d' && data?.info.kind === 'plane';
  stage.hidden = !flat;
  const room = Math.max(280, (body.querySelector('.surface-main')?.clientWidth ?? 800) - 4);
  // Epochs stand side by side, losses below each other.
  const epochs = new Set(shown.map(({ tile }) => tile.data.info.folder)).size;
  const fitting = Math.min(shown.length, Math.floor(room / (shown.length > 4 ? 270 : 330)));
  // As many rows as it takes, filled evenly, and two of them within the window.
  const even = Math.ceil(shown.length / Math.ceil(shown.length / Math.max(1, fitting)));
  const columns = Math.max(1, epochs > 1 ? Math.min(epochs, Math.floor(room / 164)) : even);
  const most = columns > 1 && shown.length > columns ? Math.max(330, window.innerHeight * 0.55) : 620;
  const width = Math.floor(Math.min(most, (room - (columns - 1) * 14) / columns));
  const keep = new Set(flat ? shown.map(({ key }) => key) : []);
  for (const [key, pane] of panes) {
    if (keep.has(key)) continue;
    pane.dispose();
    panes.delete(key);
  }
  if (!flat) return;
  stage.style.gridTemplateColumns = `repeat(${columns}, ${width}px)`;
  for (const [index, { key, model, summary }] of shown.entries()) {
    let pane = panes.get(key);
    if (!pane) {
      pane = new PaneView({
        hovered: (place, at) => showTip(key, place, at),
        chosen: (place) => moveTo(place),
        save: (format) => void savePane(key, format).catch(showFailure),
      });
      panes.set(key, pane);
    }
    stage.append(pane.root);
    // Every loss begins a row, also where its epochs take more than one.
    pane.root.style.gridColumnStart = epochs > 1 && index % epochs === 0 ? '1' : 'auto';
    pane.show(model, summary, { width, height: Math.round(width * 0.86) }, theme);
  }
}

function showCursor(): void {
  if (!data || !snapshot || !scene) return;
  for (const pane of panes.values()) pane.placeCursor(state.cursor);
  const room = body.querySelector('.surface-main')?.clientWidth ?? 800;
  const { info } = data;
  profiles.show(scene.profiles.slice(0, 8), cursorOrMiddle(), { a: info.a.name, b: info.b.name }, room, theme);
  const reason = snapshot.trusted
    ? null
    : 'This workspace is not trusted, so networks cannot be run. Trust it (Manage Workspace Trust) to see what they make of an image.';
  network.show(info.folder, state.cursor, state.image ?? firstImage(info), imageChoices(info), reason);
}

function showEpochs(series: readonly SurfaceInfo[], info: SurfaceInfo): void {
  epochs.hidden = series.length < 2 || state.multiples;
  if (epochs.hidden) return;
  const at = series.findIndex(({ folder }) => folder === info.folder);
  const text = series.map(({ folder }) => folder).join();
  if (epochs.dataset['series'] !== text) {
    epochs.dataset['series'] = text;
    scrubber = slider(
      'Epoch',
      { max: series.length - 1, step: 1, value: at },
      (index) => `${series[index]?.series?.epoch ?? ''}`,
      (index) => series[index] && void open(series[index].folder),
    );
    replaceChildren(epochs, scrubber.root);
  } else scrubber?.set(at);
}
let scrubber: ReturnType<typeof slider> | null = null;

function showTip(key: string, place: Place | null, at: { x: number; y: number }): void {
  const read = scene?.read.find(({ tile }) => tile.key === key);
  tip.hidden = place === null || !read;
  if (place === null || !read || !scene) return;
  const paths = state.paths ? (scene.panes.find((pane) => pane.key === key)?.model.paths ?? []) : [];
  const lines = tipLines(read, place, checkpointAt(paths, read.field, place, 0.02));
  replaceChildren(
    tip,
    ...lines.map((line, index) => element('div', { class: index === 0 ? 'tooltip-title' : '' }, line)),
  );
  const left = Math.min(at.x + 14, window.innerWidth - tip.offsetWidth - 8);
  const top = Math.min(at.y + 14, window.innerHeight - tip.offsetHeight - 8);
  Object.assign(tip.style, { left: `${left}px`, top: `${top}px` });
}

/** Only what follows the cursor is drawn anew: the surfaces themselves stay. */
const followCursor = oncePerFrame(() => {
  showCursor();
  if (scene) reading.show(scene.read, state.cursor);
  if (state.view === '3d' && scene && !stage3d.root.hidden) stage3d.show(scene.panes, state.cursor, theme);
});

function moveTo(cursor: Place | null): void {
  remember({ cursor });
  followCursor();
}

function cursorOrMiddle(): Place {
  if (state.cursor) return state.cursor;
  const middle = (axis: readonly number[]): number =>
    axis[0]! <= 0 && axis.at(-1)! >= 0 ? 0 : axis[Math.floor(axis.length / 2)]!;
  return data ? { a: middle(data.info.a.values), b: middle(data.info.b.values) } : { a: 0, b: 0 };
}

stage.addEventListener('keydown', (event) => {
  const steps: Record<string, readonly [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
  };
  const step = steps[event.key];
  if (event.key === 'Escape') moveTo(null);
  else if (step && data) {
    const [a, b] = [data.info.a.values, data.info.b.values];
    const { column, row } = nearestPoint({ a, b }, cursorOrMiddle().a, cursorOrMiddle().b);
    const by = event.shiftKey ? 4 : 1;
    const limited = (axis: readonly number[], at: number): number => axis[Math.min(axis.length - 1, Math.max(0, at))]!;
    // The first press puts the cursor down, the next ones move it.
    const [x, y] = state.cursor ? [column + by * step[0], row + by * step[1]] : [column, row];
    moveTo({ a: limited(a, x), b: limited(b, y) });
  } else return;
  event.preventDefault();
});

async function savePane(key: string, format: 'svg' | 'png'): Promise<void> {
  const pane = scene?.panes.find((one) => one.key === key);
  if (pane) await api.host.request('save', await exportPane(pane.model, pane.tile.data.info.provenance, format));
}

function firstImage(info: SurfaceInfo): ImageReference | null {
  for (const split of ['test', 'train'] as const) {
    const name = info.images.find((set) => set.split === split)?.names[0] ?? snapshot?.dataset[split][0];
    if (name !== undefined) return { name, split };
  }
  return null;
}

function imageChoices(info: SurfaceInfo): { value: string; text: string }[] {
  const choices = (['test', 'train'] as const).flatMap((split) => {
    const sampled = info.images.find((set) => set.split === split)?.names ?? [];
    const names = [...new Set([...sampled, ...(snapshot?.dataset[split] ?? [])])];
    return names.map((name) => ({
      value: JSON.stringify({ name, split }),
      text: `${name} (${split}${sampled.includes(name) ? ', sampled with' : ''})`,
    }));
  });
  const { image } = state;
  if (image && 'path' in image) choices.push({ value: JSON.stringify(image), text: image.path.split(/[\\/]/).at(-1)! });
  return choices;
}

function shownData(): SurfaceData[] {
  if (!data) return [];
  const now = data;
  if (!state.multiples) return [now];
  return seriesOf(surfaces, now.info).flatMap(({ folder }) =>
    folder === now.info.folder ? now : (others.get(folder) ?? []),
  );
}

function remember(patch: Partial<SurfaceState>): void {
  state = { ...state, ...patch };
  api.remember(state);
}

async function change(patch: Partial<SurfaceState>): Promise<void> {
  remember(patch);
  draw();
  if (data && neededKeys(data.info, state).some((key) => !data?.values[key])) await open(state.folder);
  else if ('multiples' in patch || 'levels' in patch) await readOthers();
}

/** Shows a surface. What was shown stays until it has come. */
let opening = '';
async function open(folder: string): Promise<void> {
  opening = folder;
  try {
    const known = surfaces.find((one) => one.folder === folder);
    const first = known ?? (await api.host.request('read', { folder, keys: [] })).info;
    const came = await api.host.request('watch', { folder, keys: neededKeys(first, state) });
    if (opening !== folder) return;
    const moved = data !== null && JSON.stringify(data.info.a.values) !== JSON.stringify(came.info.a.values);
    data = came;
    problem = null;
    if (!known) surfaces = [came.info, ...surfaces];
    remember({ folder, ...(moved ? { cursor: null } : {}) });
    draw();
    await readOthers();
  } catch (error) {
    if (opening !== folder) return;
    waiting.textContent = `The surface cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
    waiting.hidden = data !== null;
    if (data !== null) showFailure(error);
  }
}

/** The other epochs, when they are shown or share their levels. */
async function readOthers(): Promise<void> {
  if (!data || (!state.multiples && state.levels !== 'loss')) return;
  const folder = state.folder;
  const siblings = seriesOf(surfaces, data.info).filter((one) => one.folder !== folder);
  const read = await Promise.all(
    siblings.map((one) => api.host.request('read', { folder: one.folder, keys: neededKeys(one, state) })),
  );
  if (folder !== state.folder) return;
  others = new Map(read.map((one) => [one.info.folder, one]));
  draw();
}

onThemeChange((next) => {
  theme = next;
  network.setTheme(theme);
  curvature.setTheme(theme);
  draw();
});
window.addEventListener('resize', draw);

void api.host
  .request('ready', null)
  .then((first) => {
    snapshot = first;
    surfaces = first.surfaces;
    const again = surfaces.some(({ folder }) => folder === state.folder);
    return open(again ? state.folder : first.folder);
  })
  .catch((error: unknown) => {
    waiting.textContent = `The surface cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
  });
