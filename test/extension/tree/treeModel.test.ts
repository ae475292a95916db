import { expect, test } from 'vitest';
import { parseFilter } from '../../../src/extension/tree/filter';
import { NodePool } from '../../../src/extension/tree/nodePool';
import { orderOf } from '../../../src/extension/tree/sorting';
import {
  buildTree,
  defaultViewState,
  experimentNameOf,
  isOfExperiment,
  type ModelNode,
  type TreeInput,
  type ViewState,
} from '../../../src/extension/tree/treeModel';
import type { RunRecord } from '../../../src/extension/runs/runData';
import { brokenRecord, means, record } from '../runs/support';

const now = new Date(2026, 2, 20, 12);

function treeOf(records: RunRecord[], state: Partial<ViewState> = {}, rest: Partial<TreeInput> = {}) {
  return buildTree({ records, experiments: [], queued: [], now, ...rest, state: { ...defaultViewState, ...state } });
}

/** The tree as indented lines. */
function drawn(roots: readonly ModelNode[]): string[] {
  const one = (node: ModelNode): string =>
    node.kind === 'run'
      ? node.record.entry.id
      : node.kind === 'queued'
        ? `(${node.training.label})`
        : `${node.label}: ${node.children.map(one).join(' ')}`;
  return roots.map(one);
}

const at = (day: number) => ({ started: new Date(2026, 2, day, 9).toISOString() });
const ce = { loss: { name: 'ce', label: 'cross-entropy', spec: {} } };

test('grouped by experiment, the one with the newest run first, runs newest first', () => {
  const tree = treeOf([
    record('/r/old', at(1)),
    record('/r/new', at(9)),
    record('/r/other', { ...at(5), experimentName: 'vessels', experimentFile: '/data/vessels.losscape.json' }),
  ]);
  expect(drawn(tree.roots)).toEqual(['disc: new old', 'vessels: other']);
});

test('an experiment file of the workspace is there without runs, and has the runs beside it after it was moved', () => {
  const experiments = [
    { file: '/project/disc.losscape.json', name: 'disc' },
    { file: '/project/empty.losscape.json', name: 'empty' },
  ];
  const moved = record('/project/runs/a', { ...at(1), experimentFile: 'C:\\old\\disc.losscape.json' });
  const elsewhere = record('/shared/runs/b', { ...at(2), experimentFile: '/else/disc.losscape.json' });
  const tree = treeOf([moved, elsewhere], {}, { experiments });
  expect(drawn(tree.roots)).toEqual(['empty: ', 'disc: b', 'disc: a']);
  expect(tree.roots.map((node) => (node.kind === 'group' ? node.experimentFile : ''))).toEqual([
    '/project/empty.losscape.json',
    undefined,
    '/project/disc.losscape.json',
  ]);
  expect(drawn(treeOf([moved], { filter: 'focal' }, { experiments }).roots)).toEqual(['disc: a']);
});

test('grouped by loss, status and date', () => {
  const records = [
    record('/r/a', { ...at(20), ...ce }),
    record('/r/b', { ...at(19), loss: { name: 'f10', label: 'focal γ=10', spec: {} } }, {}, 'running'),
    record('/r/c', { ...at(15) }, {}, 'interrupted'),
    record('/r/d', { started: new Date(2026, 1, 3).toISOString() }),
    brokenRecord('/r/e'),
  ];
  expect(drawn(treeOf(records, { grouping: 'loss' }).roots)).toEqual([
    'cross-entropy: a',
    'focal γ=2: c d',
    'focal γ=10: b',
    'Unreadable: e',
  ]);
  expect(drawn(treeOf(records, { grouping: 'status' }).roots)).toEqual([
    'Running: b',
    'Interrupted: c',
    'Finished: a d',
    'Unreadable: e',
  ]);
  const dates = drawn(treeOf(records, { grouping: 'date' }).roots);
  expect(dates.slice(0, 3)).toEqual(['Today: a', 'Yesterday: b', 'Last seven days: c']);
  expect(dates[3]).toMatch(/2026: d$/);
  expect(dates[4]).toBe('Unreadable: e');
  expect(drawn(treeOf(records, { grouping: 'none' }).roots)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('what waits stands in front of the runs of its experiment', () => {
  const queued = [{ id: '1', file: '/data/disc.losscape.json', label: 'dice' }];
  const experiments = [{ file: '/data/disc.losscape.json', name: 'disc' }];
  const records = [record('/r/a', at(1))];
  expect(drawn(treeOf(records, {}, { queued, experiments }).roots)).toEqual(['disc: (dice) a']);
  expect(drawn(treeOf(records, { grouping: 'status' }, { queued }).roots)).toEqual(['Queued: (dice)', 'Finished: a']);
  expect(drawn(treeOf(records, { filter: 'focal' }, { queued }).roots)).toEqual(['disc: a']);
});

test('hidden runs are counted, not shown, unless they are asked for', () => {
  const records = [record('/r/a', at(1), { hidden: true }), record('/r/b', at(2))];
  const tree = treeOf(records);
  expect([tree.shown, tree.total, tree.hidden]).toEqual([1, 2, 1]);
  expect(treeOf(records, { showHidden: true }).shown).toBe(2);
  expect(treeOf(records, { filter: 'is:hidden' }).shown).toBe(1);
});

test('sorted by what the user wants; runs without a value come last', () => {
  const last = (iou: number) => ({ last: { epoch: 1, train: null, test: means(iou) } });
  const records = [
    record('/r/a', { ...at(1), ...last(0.5) }),
    record('/r/b', { ...at(2) }),
    record('/r/c', { ...at(3), ...last(0.9), ...ce }),
    record('/r/d', { ...at(4), last: { epoch: 1, train: means(0.7), test: null } }, { star: true, title: 'A name' }),
  ];
  const sorted = (sorting: ViewState['sorting']) =>
    [...records]
      .sort(orderOf(sorting))
      .map(({ entry }) => entry.id)
      .join('');
  expect(sorted('newest')).toBe('dcba');
  expect(sorted('oldest')).toBe('abcd');
  expect(sorted('testIou')).toBe('cdab');
  expect(sorted('bestTestIou')).toBe('dcba');
  expect(sorted('starred')).toBe('dcba');
  expect(sorted('name')).toBe('dcba');
});

test('the filter', () => {
  const run = record(
    '/r/20260301-abcd',
    { loss: { name: 'focal-2', label: 'focal γ=2', spec: {} } },
    { star: true, tags: ['paper'], note: 'Looks good' },
  );
  const passes = (text: string) => parseFilter(text)(run);
  for (const text of [
    '',
    '  ',
    'focal',
    'FOCAL γ=2',
    '"focal γ=2"',
    'disc -dice',
    'status:fin',
    'tag:pap is:starred',
    'note:"looks good"',
    '-status:failed',
    'abcd',
    'good',
  ]) {
    expect(passes(text), text).toBe(true);
  }
  for (const text of ['dice', 'focal dice', '-focal', 'status:failed', 'is:live', 'is:hidden', 'tag:good', 'x:focal']) {
    expect(passes(text), text).toBe(false);
  }
  expect(parseFilter('status:unreadable')(brokenRecord('/r/x'))).toBe(true);
});

test('which file a run is of', () => {
  const disc = { file: '/a/disc.losscape.json', name: 'disc' };
  expect(isOfExperiment({ experimentFile: disc.file, runsFolder: '/b', name: 'x' }, disc)).toBe(true);
  expect(isOfExperiment({ experimentFile: null, runsFolder: '/a/runs', name: 'disc' }, disc)).toBe(true);
  expect(isOfExperiment({ experimentFile: '/z/disc.losscape.json', runsFolder: '/a/runs', name: '' }, disc)).toBe(true);
  expect(isOfExperiment({ experimentFile: '/z/disc.losscape.json', runsFolder: '/z/runs', name: '' }, disc)).toBe(
    false,
  );
  expect(experimentNameOf('/a/b.c.losscape.json')).toBe('b.c');
});

test('nodes stay the same objects, and the pool says which groups have changed', () => {
  const pool = new NodePool();
  const [a, b] = [record('/r/a', at(1)), record('/r/b', at(2), {}, 'running')];
  const first = pool.adopt(treeOf([a, b]));
  const node = pool.get('run:/r/a');
  expect(first.sameRoots).toBe(false);

  const changed = record('/r/a', { ...at(1), epochsDone: 7 });
  const second = pool.adopt(treeOf([changed, b]));
  expect(second).toMatchObject({ sameRoots: true, changedGroups: [] });
  expect(pool.get('run:/r/a')).toBe(node);
  expect(node).toMatchObject({ record: changed });

  const third = pool.adopt(treeOf([changed, record('/r/b', at(2))]));
  expect(third.sameRoots).toBe(true);
  expect(third.changedGroups.map(({ live }) => live)).toEqual([0]);
  const fourth = pool.adopt(treeOf([changed]));
  expect(fourth.sameRoots).toBe(true);
  expect(fourth.changedGroups.map(({ runs }) => runs)).toEqual([1]);
  expect(pool.get('run:/r/b')).toBeUndefined();

  // Another order in a group, with as many runs as before.
  const later = pool.adopt(treeOf([changed, record('/r/c', at(3))]));
  const earlier = pool.adopt(treeOf([changed, record('/r/c', at(0))]));
  expect([later, earlier].map(({ changedGroups }) => changedGroups.length)).toEqual([1, 1]);
});

test('groups that come, go, fill or move are another top of the tree', () => {
  const pool = new NodePool();
  const of = (...names: string[]) =>
    treeOf(
      names.map((experimentName, index) =>
        record(`/r/${experimentName}`, { ...at(names.length - index), experimentName }),
      ),
    );
  pool.adopt(of('disc', 'cells'));
  expect(pool.adopt(of('disc', 'cells')).sameRoots).toBe(true);
  expect(pool.adopt(of('cells', 'disc')).sameRoots).toBe(false);
  expect(pool.adopt(of('cells', 'disc', 'nuclei')).sameRoots).toBe(false);
  expect(pool.adopt(of('cells')).sameRoots).toBe(false);

  const experiments = [{ file: '/p/disc.losscape.json', name: 'disc' }];
  const input = { experiments, queued: [], state: defaultViewState, now: new Date() };
  pool.adopt(buildTree({ ...input, records: [] }));
  const filled = pool.adopt(
    buildTree({ ...input, records: [record('/p/runs/a', { ...at(1), experimentFile: '/p/disc.losscape.json' })] }),
  );
  expect(filled.sameRoots).toBe(false);
});

test('five thousand runs are arranged in a moment', () => {
  const records = Array.from({ length: 5000 }, (_, index) =>
    record(`/r/${index}`, {
      started: new Date(2026, 0, 1, 0, 0, index).toISOString(),
      experimentName: `e${index % 9}`,
    }),
  );
  treeOf(records);
  const began = performance.now();
  const { shown } = treeOf(records, { sorting: 'testIou', filter: 'focal' });
  expect(shown).toBe(5000);
  // Ten times what it takes on an idle machine.
  expect(performance.now() - began).toBeLessThan(500);
});
