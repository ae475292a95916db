import { expect, test } from 'vitest';
import { heatmapRuns } from '../../../src/extension/panels/heatmapRuns';
import type { RunRecord, RunStore } from '../../../src/extension/runs/runStore';
import { brokenRecord, record, temporaryFolder } from '../runs/support';

const storeOf = (...records: RunRecord[]) =>
  ({
    get: (folder: string) => records.find((one) => one.folder === folder),
    all: () => records,
  }) as unknown as RunStore;

test('runs that are gone, or of a newer format, are left out; the others are there', async () => {
  const folder = temporaryFolder();
  const newer = brokenRecord('/runs/newer', 'it was written by a newer Losscape');
  const runs = await heatmapRuns(storeOf(record(folder), newer), [folder, newer.folder, '/runs/gone']);
  expect(runs.map(({ info }) => info.folder)).toEqual([folder]);
});

test('losses of a later version are not offered; that of the run itself is, under its own name', async () => {
  const folder = temporaryFolder();
  const tversky = { type: 'tversky', alpha: 0.3 };
  const sum = { type: 'sum', terms: [{ type: 'dice' }, tversky] };
  const losses = [{ type: 'crossEntropy' }, sum, null, 7];
  const run = record(folder, {
    experimentFile: null,
    experiment: { losses },
    loss: { name: 'tversky', label: 'Tversky α=0.3', spec: tversky },
  });
  const [found] = await heatmapRuns(storeOf(run), [folder]);
  expect(found!.losses.map(({ label }) => label)).toEqual(['cross-entropy', 'Tversky α=0.3']);
  expect(found!.trainedWith).toBe(found!.losses[1]!.key);
});
