import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseTable } from '../../../src/runs/csv';
import { configurationText, experimentFileText, experimentFolder } from '../../../src/extension/commands/configuration';
import { runsCsv } from '../../../src/extension/commands/runsCsv';
import { experimentDifferences } from '../../../src/engine/experiment/differences';
import { parseExperiment } from '../../../src/engine/experiment/read';
import { brokenRecord, means, record, runDocument, temporaryFolder } from '../runs/support';

test('what decides on the numbers, and nothing that differs between any two runs', () => {
  const a = configurationText(runDocument());
  const b = configurationText(
    runDocument({
      id: 'other',
      pid: 1,
      started: '2025-01-01T00:00:00.000Z',
      epochsDone: 1,
      experimentFile: '/x.losscape.json',
    }),
  );
  expect(b).toBe(a);
  expect(configurationText(runDocument({ seed: 1 }))).toBe(a);
  const c = configurationText(
    runDocument({ loss: { name: 'x', label: 'focal γ=5', spec: { type: 'focal', gamma: 5 } } }),
  );
  expect(c).not.toBe(a);
  expect(JSON.parse(c)).toMatchObject({ loss: { label: 'focal γ=5', gamma: 5 }, name: 'disc', parameters: 7_760_130 });
});

test('an experiment file out of a run reads back as the same experiment', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'data'));
  const file = join(folder, 'disc.losscape.json');
  const text = `{
    "name": "disc", "dataset": { "images": "data/images", "masks": "../masks", "test": { "images": "t/i", "masks": "t/m" } },
    "input": { "crop": [64, 64] }, "losses": [{ "type": "focal", "gamma": 3 }]
  }`;
  writeFileSync(file, text);
  const experiment = parseExperiment(text, file);
  const document = runDocument({
    experiment,
    experimentFile: file,
    loss: { name: 'focal-3', label: '', spec: experiment.losses[0] },
  });
  const written = experimentFileText(document, folder);
  expect(written).toContain('"images": "data/images"');
  expect(written).toContain('"masks": "../masks"');
  const again = parseExperiment(written, join(folder, 'disc-2.losscape.json'));
  expect(experimentDifferences(experiment, again)).toEqual([]);
  expect(experimentFolder(document, '/else/runs')).toBe(folder);
  expect(experimentFolder(runDocument({ experimentFile: null }), '/else/runs')).toBe('/else');
});

test('runs as a table', () => {
  const last = { epoch: 50, train: means(0.9), test: { ...means(0.8), hd95: null } };
  const csv = runsCsv([
    record('/r/a', { last, best: last }, { star: true, tags: ['x', 'y'], note: 'said "good", twice', title: 'Mine' }),
    brokenRecord('/r/b'),
  ]);
  const table = parseTable(csv)!;
  expect(table.malformed).toBe(0);
  const [a, b] = table.rows.map((row) => Object.fromEntries(table.columns.map((name, index) => [name, row[index]])));
  expect(a).toMatchObject({
    run: 'a',
    name: 'Mine',
    loss: 'focal γ=2',
    status: 'finished',
    starred: '1',
    tags: 'x y',
    note: 'said "good", twice',
    'last/test/iou': '0.8',
    'last/train/iou': '0.9',
    'last/test/hd95': '',
    lastEpoch: '50',
    'loss specification': '{"type":"focal","gamma":2}',
    folder: '/r/a',
  });
  expect(b).toMatchObject({ run: 'b', status: 'unreadable', starred: '0', folder: '/r/b', 'best/test/iou': '' });
});
