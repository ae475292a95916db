import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RunStatus, writeRunDocument } from '../../src/runs/document';
import { newDocument } from '../../src/runs/newRun';
import { listRuns, readRun, resolveRun } from '../../src/runs/scan';
import { runInit, temporaryFolder } from './support';

async function addRun(runs: string, id: string, started: string, status: RunStatus = 'finished'): Promise<string> {
  const folder = join(runs, id);
  mkdirSync(folder);
  await writeRunDocument(folder, { ...newDocument(id, runInit, new Date(started)), status });
  return folder;
}

async function threeRuns(): Promise<string> {
  const runs = temporaryFolder();
  await addRun(runs, '20240102-000000-disc-dice-bbbb', '2024-01-02T00:00:00Z');
  await addRun(runs, '20240103-000000-disc-focal-2-cccc', '2024-01-03T00:00:00Z', 'running');
  await addRun(runs, '20240101-000000-disc-dice-aaaa', '2024-01-01T00:00:00Z');
  return runs;
}

describe('listRuns', () => {
  it('lists newest first, with the status as it really is', async () => {
    const entries = await listRuns(await threeRuns());
    expect(entries.map((entry) => [entry.id.slice(-4), entry.ok && entry.status])).toEqual([
      ['cccc', 'interrupted'],
      ['bbbb', 'finished'],
      ['aaaa', 'finished'],
    ]);
  });

  it('lists unreadable runs with the reason, and passes over what is no run', async () => {
    const runs = await threeRuns();
    mkdirSync(join(runs, 'half'));
    writeFileSync(join(runs, 'half', 'run.json'), '{"formatVers');
    mkdirSync(join(runs, 'no-run'));
    writeFileSync(join(runs, 'notes.txt'), '');
    const entries = await listRuns(runs);
    expect(entries).toHaveLength(4);
    expect(entries[0]).toEqual({
      id: 'half',
      folder: join(runs, 'half'),
      ok: false,
      reason: 'its run.json is not whole JSON',
    });
  });

  it('is empty for a folder that does not exist', async () => {
    expect(await listRuns(join(temporaryFolder(), 'missing'))).toEqual([]);
  });
});

describe('readRun', () => {
  it('never throws', async () => {
    expect(await readRun(join(temporaryFolder(), 'missing'))).toMatchObject({ id: 'missing', ok: false });
  });
});

describe('resolveRun', () => {
  it('takes a path, a name, or a part of a name', async () => {
    const runs = await threeRuns();
    const folder = join(runs, '20240103-000000-disc-focal-2-cccc');
    for (const given of [folder, relative('.', folder), `${folder}/`, basename(folder), 'cccc', 'focal']) {
      expect(await resolveRun(given, runs)).toBe(folder);
    }
    expect(await resolveRun(folder, join(runs, 'elsewhere'))).toBe(folder);
  });

  it('says which runs an ambiguous part fits', async () => {
    await expect(resolveRun('dice', await threeRuns())).rejects.toMatchObject({
      message: '"dice" fits 2 runs',
      hint: 'Say which one: 20240102-000000-disc-dice-bbbb, 20240101-000000-disc-dice-aaaa',
      exitCode: 2,
    });
  });

  it('says which runs there are when none fits', async () => {
    const runs = await threeRuns();
    await expect(resolveRun('zzzz', runs)).rejects.toMatchObject({
      message: 'there is no run "zzzz"',
      hint:
        'The newest runs: 20240103-000000-disc-focal-2-cccc, 20240102-000000-disc-dice-bbbb, ' +
        '20240101-000000-disc-dice-aaaa',
    });
    const empty = temporaryFolder();
    await expect(resolveRun('x', empty)).rejects.toMatchObject({ hint: `There are no runs in ${empty}.` });
  });
});
