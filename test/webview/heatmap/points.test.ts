import { expect, test } from 'vitest';
import { budgetsShown, budgetSubjects } from '../../../src/webview/heatmap/budgetsModel';
import { BudgetStore } from '../../../src/webview/heatmap/budgetStore';
import { needKey } from '../../../src/webview/heatmap/loader';
import { arrival, journey } from '../../../src/webview/heatmap/moves';
import { aboutRuns, named } from '../../../src/webview/heatmap/panelModel';
import { Following, moved, withoutEpochs } from '../../../src/webview/heatmap/points';
import { initialState, networkAt } from '../../../src/webview/heatmap/state';
import { headline } from '../../../src/webview/heatmap/titles';
import type { SurfacePoint } from '../../../src/webview/protocol/heatmap';
import { focal, heatmapRun } from './support';

const surface = '/runs/one/surfaces/random-1';
const at = (a: number, b = 0): SurfacePoint => ({ surface, a, b });
const run = heatmapRun('x');
const point = (a: number, b = 0) => heatmapRun(surface, { point: at(a, b), epochs: [] });
const image = { name: 'c' };

test('a point has one network, whatever the epoch; a run that of the nearest one', () => {
  expect(networkAt(point(0.3), 4)).toEqual({ a: 0.3, b: 0 });
  expect(networkAt(point(0.3), null)).toEqual({ a: 0.3, b: 0 });
  expect(networkAt(run, 3)).toEqual({ epoch: 2 });
  expect(networkAt(run, null)).toBeNull();
  const key = (a: number): string => needKey({ run: point(a), image, network: networkAt(point(a), null) });
  expect(key(0.3)).not.toBe(key(0.4));
});

test('a point is named by its loss, its place and its surface', () => {
  const [, second] = named([run, point(0.3, -0.12)]);
  expect(second?.name).toBe(`${second?.run.info.loss} at (0.3, −0.12) of surface random-1`);
  expect(headline(['photo', 'pt'], image, null, at(0.3, -0.12))).toBe(
    'Confidence pt of c at (0.3, −0.12) of surface random-1',
  );
  expect(headline(['photo', 'pt'], image, 3, null)).toBe('Confidence pt of c after epoch 3');
  const state = { ...initialState, runs: ['x', surface] };
  expect(aboutRuns([run, point(1)], state)).toContain('1 run and 1 point of surfaces');
  expect([withoutEpochs([run]), withoutEpochs([point(1)])]).toEqual(['', expect.stringContaining('has no epochs')]);
  expect(withoutEpochs([run, point(1)])).toContain('those of the runs');
});

test('a point is remembered where it is, and shown when it was taken away', () => {
  expect(arrival(initialState, [point(0.5)])).toMatchObject({ folders: [surface], points: [at(0.5)] });
  const state = { ...initialState, runs: ['x'] };
  expect(journey(state, [run, point(1)], { run: surface }).runs).toEqual(['x', surface]);
  expect(journey(state, [run, point(1)], { run: 'x' }).runs).toBeUndefined();
});

test('the newest place is fetched while the last one is shown; places in between are never asked for', () => {
  const come = new Set<number>();
  const gone: number[] = [];
  const loader = {
    margin: (_: unknown, network: object) =>
      come.has((network as SurfacePoint).a) ? ({ state: 'ready' } as never) : ({ state: 'loading' } as const),
  };
  let runs = [run, point(0)];
  const following = new Following(loader, (to) => {
    gone.push(to.a);
    runs = moved(runs, to);
  });
  const asked = (): unknown[] => following.proceed(runs, image).map(({ network }) => network);
  expect(asked()).toEqual([]);
  following.take(at(1));
  expect(asked()).toEqual([{ a: 1, b: 0 }]);
  following.take(at(2));
  following.take(at(3));
  expect(asked()).toEqual([{ a: 1, b: 0 }]);
  expect(gone).toEqual([]);
  come.add(1);
  expect(asked()).toEqual([{ a: 3, b: 0 }]);
  expect(gone).toEqual([1]);
  come.add(3);
  expect(asked()).toEqual([]);
  expect([gone, runs[1]?.point]).toEqual([[1, 3], at(3)]);
});

test('a point whose maps are not shown is moved at once', () => {
  const gone: number[] = [];
  const following = new Following({ margin: () => ({ state: 'loading' }) }, ({ a }) => gone.push(a));
  following.take(at(1));
  expect(following.proceed([run], image)).toEqual([]);
  expect(gone).toEqual([1]);
});

test('budgets of a point are those of its one network', () => {
  const store = new BudgetStore();
  const one = point(0.5);
  const map = {
    height: 2,
    width: 2,
    margin: Float32Array.from([1, -1, 2, -2]),
    labels: Uint8Array.from([1, 0, 0, 0]),
  };
  store.count(one, image, { a: 0.5, b: 0 }, map, [focal], 3);
  const subjects = budgetSubjects([{ run: one, name: 'p' }], [focal], ['focal']);
  const shown = (a: number) =>
    budgetsShown(
      subjects.map((subject) => ({ ...subject, run: point(a) })),
      [null],
      image,
      null,
      store,
      initialState.budget,
      true,
    );
  expect(shown(0.5).model.rows[0]?.budgets[0]?.loss?.total).toBeGreaterThan(0);
  expect(shown(0.5).sentence).toContain('At this point, the foreground makes up 25');
  expect([shown(0.6).model.rows[0]?.budgets[0], shown(0.6).progress]).toEqual([undefined, '']);
});
