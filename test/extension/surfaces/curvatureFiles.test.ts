import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { CurvatureFiles, curvatureInfo } from '../../../src/extension/surfaces/curvatureFiles';
import { CurvatureWatch } from '../../../src/extension/surfaces/curvatureWatch';
import {
  curvatureFile,
  curvatureFolder,
  type CurvatureDocument,
  writeCurvature,
} from '../../../src/runs/curvatureDocument';
import { curvatureDocument } from './curvatureSupport';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function runs(...names: string[]): string[] {
  const parent = mkdtempSync(join(tmpdir(), 'losscape-curvature-'));
  folders.push(parent);
  return names.map((name) => {
    mkdirSync(curvatureFolder(join(parent, name)), { recursive: true });
    return join(parent, name);
  });
}

const written = async (run: string, patch: Partial<CurvatureDocument>): Promise<string> => {
  const document = curvatureDocument(patch);
  await writeCurvature(run, document);
  return curvatureFile(run, document.id);
};

describe('the curvature of some runs', () => {
  it('is found by run and epoch, and a damaged file hides no other', async () => {
    const [one, two] = runs('run-1', 'run-2') as [string, string];
    await written(two, { id: 'a' });
    await written(one, { id: 'late', checkpoint: { run: 'run-1', epoch: 20, loss: 'dice' } });
    await written(one, { id: 'early', checkpoint: { run: 'run-1', epoch: 3, loss: 'dice' } });
    const damaged = join(curvatureFolder(one), 'torn.json');
    writeFileSync(damaged, '{ "formatVersion": 1, ');
    const nothing = join(one, '..', 'never-measured');
    const { found } = await new CurvatureFiles([two, one, nothing, one]).read();
    expect(found.measured.map(({ run, epoch }) => [run, epoch])).toEqual([
      ['run-1', 3],
      ['run-1', 20],
      ['run-2', 12],
    ]);
    expect(found.problems).toHaveLength(1);
    expect(found.problems[0]).toContain(`${damaged}: the file is not whole JSON`);
  });

  it('changes its version with files that come, change and go, and with nothing else', async () => {
    const [run] = runs('run-1') as [string];
    const files = new CurvatureFiles([run]);
    const versions = [(await files.read()).version];
    const file = await written(run, { status: 'stopped' });
    versions.push((await files.read()).version);
    // Long after: the folder is not listed again.
    versions.push((await files.read(new Date(Date.now() + 60_000))).version);
    await written(run, {});
    const now = await files.read();
    versions.push(now.version);
    expect(now.found.measured[0]!.status).toBe('finished');
    rmSync(file);
    versions.push((await files.read()).version);
    expect(versions.map((version) => versions.indexOf(version))).toEqual([0, 1, 1, 3, 0]);
  });

  it('tells of a process that has died that it was interrupted', () => {
    const file = '/w/runs/run-1/curvature/x.json';
    const progress = { part: 'trace', step: 1, steps: 4 } as const;
    const measuring = curvatureDocument({ status: 'measuring', progress, host: hostname(), pid: process.ppid });
    expect(curvatureInfo(file, measuring)).toMatchObject({ run: 'run-1', status: 'measuring', progress });
    const dead = { ...measuring, pid: 2 ** 30 };
    expect(curvatureInfo(file, dead)).toMatchObject({ status: 'interrupted', progress: null });
    const silent = { ...measuring, updated: new Date(Date.now() - 3_600_000).toISOString() };
    expect(curvatureInfo(file, silent).status).toBe('interrupted');
  });

  it('claims no more precision than products in single precision have', () => {
    const before = curvatureDocument();
    const largest = [
      { value: 80, residual: 2e-15 },
      { value: 11, residual: 0.4 },
    ];
    const head = { trace: null, largest: { value: 5, residual: 1e-12 } };
    const document = { ...before, eigenvalues: { ...before.eigenvalues!, largest }, layers: { head } };
    const info = curvatureInfo('/w/runs/run-1/curvature/x.json', document);
    expect(info.eigenvalues!.largest.map(({ residual }) => residual)).toEqual([expect.closeTo(8e-5, 12), 0.4]);
    expect(info.layers[0]!.largest!.residual).toBeCloseTo(5e-6, 12);
  });

  it('keeps the layers in the order of the network', () => {
    const { layers } = curvatureInfo('/w/runs/run-1/curvature/x.json', curvatureDocument());
    expect(layers.map(({ name, largest }) => [name, largest?.value ?? null])).toEqual([
      ['encoder.0.conv1', null],
      ['head', 0.5],
    ]);
  });
});

describe('watching it', () => {
  it('tells of a measurement that goes on, until it is stopped', async () => {
    const [run] = runs('run-1') as [string];
    await written(run, { status: 'measuring', host: hostname(), pid: process.ppid });
    const heard: string[] = [];
    const watch = new CurvatureWatch([run], ({ measured }) => heard.push(measured[0]!.status));
    expect((await watch.begin()).measured[0]!.status).toBe('measuring');
    await written(run, { status: 'stopped' });
    await vi.waitFor(() => expect(heard).toEqual(['stopped']), 5000);
    watch.stop();
    await written(run, { status: 'finished' });
    await delay(700);
    expect(heard).toEqual(['stopped']);
  });
});
