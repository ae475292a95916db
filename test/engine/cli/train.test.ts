import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TrainingEvent } from '../../../src/engine/training/events';
import { documentOf, onlyRun, outcome, runsIn, start, succeed, temporaryFolder, tinyDataset } from './support';

test('from nothing to a report: sample, train, runs, show, report, export', async () => {
  const folder = join(temporaryFolder(), 'eyes');
  const sampled = await succeed('sample', folder, '--pairs', '6');
  expect(sampled).toContain('6 synthetic pairs');
  expect(readFileSync(join(folder, 'phantom.losscape.json'), 'utf8')).toContain('"synthetic": true');

  const { folder: data, file } = await tinyDataset({ losses: [{ type: 'crossEntropy' }, { type: 'focal', gamma: 2 }] });
  const runs = join(data, 'runs');
  const trained = await succeed('train', file);
  expect(trained).toContain('cross-entropy  finished after 2 of 2 epochs');
  expect(trained).toContain('focal γ=2  finished after 2 of 2 epochs');
  expect(trained).toMatch(/% of the training time was spent waiting for data/);
  expect(runsIn(runs)).toHaveLength(2);

  const table = await succeed('runs', runs);
  expect(table.match(/finished/g)).toHaveLength(2);
  const listed = JSON.parse(await succeed('runs', runs, '--json')) as { id: string; status: string }[];
  expect(listed.map(({ status }) => status)).toEqual(['finished', 'finished']);

  const run = runsIn(runs)[0]!;
  const shown = await succeed('show', run);
  expect(shown).toContain('cross-entropy  finished');
  expect(shown).toContain('IoU');

  const report = join(folder, 'report.html');
  expect(await succeed('report', runs, '--out', report)).toContain('Report on 2 runs');
  expect(readFileSync(report, 'utf8')).toContain('<svg');

  const onnx = join(folder, 'model.onnx');
  expect(await succeed('export', run, '--onnx', onnx, '--size', '64x48')).toContain('[1, 3, 64, 48]');
  expect(existsSync(onnx)).toBe(true);
});

test('the same seed gives the same run, bit for bit; another seed does not', async () => {
  const { folder, file } = await tinyDataset();
  for (const name of ['a', 'b']) await succeed('train', file, '--runs', join(folder, name));
  const [a, b] = [await outcome(onlyRun(join(folder, 'a'))), await outcome(onlyRun(join(folder, 'b')))];
  expect(a.checkpoints.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
  expect(a).toEqual(b);

  const other = await tinyDataset({ training: { epochs: 1, seed: 100 } });
  await succeed('train', other.file);
  const c = await outcome(onlyRun(join(other.folder, 'runs')));
  expect(c.checkpoints[0]).not.toEqual(a.checkpoints[0]);
});

test('--loss picks losses by name', async () => {
  const { folder, file } = await tinyDataset({
    training: { epochs: 1 },
    losses: [{ type: 'crossEntropy' }, { type: 'crossEntropy', classWeights: [1, 3] }, { type: 'dice', name: 'mine' }],
  });
  await succeed('train', file, '--loss', 'mine', 'cross-entropy-1-3');
  const names = await Promise.all(runsIn(join(folder, 'runs')).map(async (run) => (await documentOf(run)).loss.name));
  expect(names.sort()).toEqual(['cross-entropy-1-3', 'mine']);
});

test('--json prints an event a line, the first step within 3 seconds on an idle machine', async () => {
  const { file } = await tinyDataset();
  const began = performance.now();
  let first = NaN;
  const events: TrainingEvent[] = [];
  const { ended } = start(['train', file, '--json'], (event) => {
    if (event.type === 'step' && Number.isNaN(first)) first = (performance.now() - began) / 1000;
    events.push(event);
  });
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd().split('\n')).toHaveLength(events.length);
  expect(events.map(({ type }) => type).filter((type) => type !== 'log')).toEqual(
    ['started', ...Array<string>(2).fill('step step step evaluated checkpoint'), 'ended'].join(' ').split(' '),
  );
  console.log(`losscape train: the first step was done after ${first.toFixed(1)} s`);
  expect(first).toBeLessThan(6);
});

test('what is piped is plain text, a line per epoch', async () => {
  const { file } = await tinyDataset();
  const stdout = await succeed('train', file);
  expect(stdout).not.toMatch(/[\u001b\r]/);
  expect(stdout.split('\n').filter((line) => /epoch \d\/2/.test(line))).toHaveLength(2);
});

test('whoever reads the output may go', async () => {
  const { folder, file } = await tinyDataset();
  const { child, ended } = start(['train', file]);
  child.stdout!.destroy();
  expect((await ended).code).toBe(0);
  expect((await documentOf(onlyRun(join(folder, 'runs')))).status).toBe('finished');
});
