import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RunIndex } from '../../src/extension/runs/runIndex';
import { listDescents, readDescent, resolveDescent } from '../../src/runs/descentDocument';
import { descentPaths, frameSteps, plannedFrames, readFrame } from '../../src/runs/descentFrames';
import { readDescentRows, type DescentRow } from '../../src/runs/descentTable';
import { DescentWriter, type DescentInit } from '../../src/runs/descentWriter';
import { readRunDocument } from '../../src/runs/document';
import { runPaths } from '../../src/runs/layout';
import { RunWriter } from '../../src/runs/runWriter';
import { listRuns, readRun, resolveRun } from '../../src/runs/scan';
import { runInit, temporaryFolder } from './support';

const loss = (name: string) => ({ name, label: name, spec: { type: 'crossEntropy' }, folder: name });

const init: DescentInit = {
  experimentName: 'disc',
  experiment: { name: 'disc' },
  checkpoint: { run: 'a-run', folder: '/runs/a-run', epoch: 5, loss: 'cross-entropy', digest: 'f00d' },
  image: {
    name: 'Patient 7, left',
    split: 'test',
    height: 4,
    width: 5,
    region: { top: 1, left: 1, height: 2, width: 3 },
    synthetic: false,
    digest: 'beef',
  },
  losses: [loss('one'), loss('two')],
  optimizer: { type: 'adam', learningRate: 1e-5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  steps: 4,
  every: 2,
  accelerator: { name: 'onnx', provider: 'cpu', threads: 2, reason: 'the default' },
  versions: {},
};
const pictures = { image: Uint8Array.of(1), mask: Uint8Array.of(2) };
const row = (descended: string, step: number): DescentRow => ({
  descended,
  step,
  loss: 1 / (step + 1),
  accuracy: 0.5,
  iou: 0.25,
  confidenceBackground: 0.75,
  confidenceForeground: NaN,
});
const margin = Float32Array.of(0, 1, 2, 3, 4, -5);

describe('a descent on disk', () => {
  it('is made whole, and read back', async () => {
    const runs = temporaryFolder();
    const writer = await DescentWriter.create(runs, init, pictures);
    const { folder } = writer;
    expect(basename(folder)).toMatch(/^\d{8}-\d{6}-disc-descent-patient-7-left-[a-z]{4}$/);
    await writer.appendRows([row('one', 0), row('one', 1)]);
    await writer.writeFrame('one', 0, margin);
    await writer.writeFrame('one', 12_000, margin);
    expect(await readDescent(folder)).toEqual({
      id: basename(folder),
      folder,
      ok: true,
      document: writer.document,
      status: 'running',
    });
    expect(writer.document).toMatchObject({ ...init, kind: 'descent', stepsDone: 0, stepsTotal: 8 });
    expect(await readDescentRows(folder)).toEqual([row('one', 0), row('one', 1)]);
    expect(await frameSteps(folder, 'one')).toEqual([0, 12_000]);
    expect(await frameSteps(folder, 'two')).toEqual([]);
    expect(await readFrame(folder, 'one', 0)).toEqual({ height: 2, width: 3, margin });
    expect(readFileSync(descentPaths(folder).mask)).toEqual(Buffer.of(2));
    await expect(readFrame(folder, 'two', 0)).rejects.toThrow('there is no such file');
    await expect(DescentWriter.reopen(folder)).rejects.toThrow('by process');
    await writer.close();
    expect(existsSync(runPaths(folder).lock)).toBe(false);
  });

  it('goes back to where its state was kept', async () => {
    const writer = await DescentWriter.create(temporaryFolder(), init, pictures);
    const { folder } = writer;
    const steps = [0, 1, 2, 3, 4];
    await writer.appendRows([...steps.map((step) => row('one', step)), row('two', 0), row('two', 1), row('two', 2)]);
    for (const step of [0, 2, 4]) await writer.writeFrame('one', step, margin);
    for (const step of [0, 2]) await writer.writeFrame('two', step, margin);
    await writer.close();
    appendFileSync(descentPaths(folder).table, 'two,3,0.');
    writeFileSync(join(folder, 'frames', 'two', '.frame-0004.npy.12-0123abcd.tmp'), 'half');
    writeFileSync(runPaths(folder).stop, '');

    const again = await DescentWriter.reopen(folder);
    expect(existsSync(runPaths(folder).stop)).toBe(false);
    await again.cutBefore(1, 1);
    expect(await readDescentRows(folder)).toEqual([...steps.map((step) => row('one', step)), row('two', 0)]);
    expect(await frameSteps(folder, 'one')).toEqual([0, 2, 4]);
    expect(await frameSteps(folder, 'two')).toEqual([0]);
    expect(again.document.stepsDone).toBe(5);
    await again.cutBefore(0, 0);
    expect(await readDescentRows(folder)).toEqual([]);
    expect(await frameSteps(folder, 'one')).toEqual([]);
    await again.close();
  });

  it('plans its frames', () => {
    expect(plannedFrames({ steps: 1000, every: 100 })).toHaveLength(11);
    expect(plannedFrames({ steps: 5, every: 2 })).toEqual([0, 2, 4, 5]);
    expect(plannedFrames({ steps: 1, every: 7 })).toEqual([0, 1]);
  });
});

describe('a descent among runs', () => {
  it('is listed apart from them, and never as a broken one', async () => {
    const runs = temporaryFolder();
    const [run, descent] = [await RunWriter.create(runs, runInit), await DescentWriter.create(runs, init, pictures)];
    await Promise.all([run.close(), descent.close()]);
    mkdirSync(join(runs, 'broken'));
    writeFileSync(join(runs, 'broken', 'run.json'), '{');

    expect((await listRuns(runs)).map(({ id }) => id).sort()).toEqual([run.document.id, 'broken'].sort());
    expect((await listDescents(runs)).map(({ id }) => id)).toEqual([descent.document.id]);
    const reason = 'it is a descent on one image, not a training';
    expect(await readRunDocument(descent.folder)).toEqual({ ok: false, kind: 'descent', reason });
    expect(await readRun(descent.folder)).toMatchObject({ ok: false, kind: 'descent', reason });
    expect(await readDescent(run.folder)).toMatchObject({
      ok: false,
      reason: 'it is a training, not a descent on one image',
    });
    await expect(RunWriter.reopen(descent.folder)).rejects.toThrow(reason);
    await expect(DescentWriter.reopen(run.folder)).rejects.toThrow('it is a training');
    expect(await resolveDescent('patient', runs)).toBe(descent.folder);
    await expect(resolveDescent('focal', runs)).rejects.toThrow('there is no descent "focal"');
    await expect(resolveRun('patient', runs)).rejects.toThrow('there is no run "patient"');
  });

  it('is no run to the editor, neither at first nor as it goes on', async () => {
    const runs = temporaryFolder();
    const run = await RunWriter.create(runs, runInit);
    const descent = await DescentWriter.create(runs, init, pictures);
    const index = new RunIndex({ gap: 0 });
    try {
      await index.setFolders([runs]);
      await descent.update({ stepsDone: 3 });
      await index.check(descent.folder);
      expect([...index.runs().keys()]).toEqual([run.folder]);
    } finally {
      index.dispose();
      await Promise.all([run.close(), descent.close()]);
    }
  });

  it('says what is wrong with a damaged one', async () => {
    const runs = temporaryFolder();
    const writer = await DescentWriter.create(runs, init, pictures);
    await writer.close();
    const file = runPaths(writer.folder).document;
    const { document } = writer;
    const reasons: [unknown, string][] = [
      [{ ...document, losses: [] }, 'its run.json has no valid "losses"'],
      [{ ...document, status: 'flying' }, 'its run.json has no valid "status"'],
      [{ ...document, formatVersion: 2 }, 'it was written by a newer Losscape (format 2, this one reads up to 1)'],
    ];
    for (const [value, reason] of reasons) {
      writeFileSync(file, JSON.stringify(value));
      expect(await readDescent(writer.folder)).toMatchObject({ ok: false, reason });
    }
    writeFileSync(file, '{');
    expect(await readDescent(writer.folder)).toMatchObject({ ok: false, reason: 'its run.json is not whole JSON' });
    expect(await readDescent(join(runs, 'missing'))).toMatchObject({ ok: false, reason: 'it has no run.json' });
  });
});
