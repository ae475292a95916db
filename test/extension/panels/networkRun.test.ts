import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { networkRun } from '../../../src/extension/panels/networkRun';
import { record, temporaryFolder } from '../runs/support';

test('a run with its checkpoints, in order; what is no checkpoint of an epoch is left out', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'checkpoints'));
  for (const name of ['epoch-0010', 'epoch-0002', 'resume']) {
    writeFileSync(join(folder, 'checkpoints', `${name}.safetensors`), '');
  }
  const experiment = { model: { padding: 'valid' } };
  const run = await networkRun(record(folder, { experiment, resumedFrom: [2] }));
  expect(run).toMatchObject({
    epochs: [2, 10],
    padding: 'valid',
    images: { train: ['a', 'b', 'c', 'd', 'e'], test: ['f'] },
    version: '2026-03-01T10:00:00.000Z 2',
  });
  expect(run!.info).toMatchObject({ folder, loss: 'focal γ=2', experiment: 'disc' });
});

test('a run without checkpoints has no epochs, one that is gone is null', async () => {
  const folder = temporaryFolder();
  expect(await networkRun(record(folder))).toMatchObject({ epochs: [], padding: 'same' });
  expect(await networkRun(undefined)).toBeNull();
});
