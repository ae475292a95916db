// First: whichever copy of tfjs's modules is loaded first makes the tensors, and this one has their methods.
import '@tensorflow/tfjs-core';
import { mkdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fixture from '../../fixtures/curvature.json' with { type: 'json' };
import { OnnxRuntimeEngine } from '../../../src/engine/compile/onnxRuntime';
import { begunMeasurement } from '../../../src/engine/curvature/begunMeasurement';
import { Hessian } from '../../../src/engine/curvature/hessian';
import { measureCurvature, type CurvatureEvent } from '../../../src/engine/curvature/measureCurvature';
import { dot, norm } from '../../../src/engine/curvature/lanczos';
import { createLoss } from '../../../src/engine/losses/registry';
import { readPlane } from '../../../src/engine/surface/plane';
import { unetParameters } from '../../../src/engine/unet/unet';
import {
  curvatureFile,
  curvatureFolder,
  curvatureIds,
  readCurvature,
  writeCurvature,
  type CurvatureDocument,
} from '../../../src/runs/curvatureDocument';
import { readSafetensors } from '../../../src/runs/safetensors';
import { lastingFolder, losscape, sampled, trainedRuns } from '../surface/trainedRuns';
import { formulaCase } from './formulaCase';

const expected = fixture.cases.crossEntropy;
const { model, weights, images } = formulaCase();

const tiny = { filters: 4, depth: 1, padding: 'same', classes: 2, channels: 3 } as const;

const begun: CurvatureDocument = {
  formatVersion: 1,
  kind: 'curvature',
  id: 'epoch-0001-cross-entropy',
  status: 'measuring',
  checkpoint: { run: 'r', epoch: 1, loss: 'cross-entropy' },
  loss: { name: 'cross-entropy', label: 'cross-entropy', spec: { type: 'crossEntropy' }, variant: 'reported' },
  images: { split: 'train', names: ['x', 'y'], available: 2, seed: 1, region: 'whole', digest: 'd' },
  parameters: fixture.parameters,
  settings: { top: 3, probes: 60, spectrumProbes: 4, spectrumSteps: 40, layers: true, seed: 1 },
  gradientNorm: null,
  eigenvalues: null,
  traceProbes: [],
  trace: null,
  layers: {},
  spectrumProbes: [],
  spectrum: null,
  progress: null,
  secondsMeasuring: 0,
  accelerator: { name: 'onnx', provider: 'cpu', threads: 1, reason: 'a test' },
  versions: {},
  pid: 1,
  host: 'here',
  created: new Date().toISOString(),
  updated: new Date().toISOString(),
  finished: null,
};

describe('a measurement of the Hessian', () => {
  let hessian: Hessian;
  let document: CurvatureDocument;
  const folder = lastingFolder();
  beforeAll(async () => {
    hessian = await Hessian.create(
      new OnnxRuntimeEngine('cpu', 1),
      model,
      weights,
      createLoss({ type: 'crossEntropy' }),
      images,
    );
    mkdirSync(curvatureFolder(folder), { recursive: true });
    const signal = new AbortController().signal;
    document = await measureCurvature({ runFolder: folder, document: begun, hessian, signal, emit: () => undefined });
  });
  afterAll(() => hessian.dispose());

  it('has the gradient, and the eigenvalues at both ends, of the dense matrix', async () => {
    expect(document.status).toBe('finished');
    expect(document.gradientNorm).toBeCloseTo(Math.hypot(...expected.gradient), 4);
    const { largest, smallest, converged, vectors } = document.eigenvalues!;
    expect(converged).toBe(true);
    const scale = expected.eigenvalues[0]!;
    largest.forEach(({ value, residual }, i) => {
      expect(Math.abs(value - expected.eigenvalues[i]!)).toBeLessThan(1e-3 * scale);
      expect(residual).toBeLessThan(2e-3 * scale);
    });
    expect(smallest.value).toBeCloseTo(expected.eigenvalues.at(-1)!, 2);
    const { tensors } = await readSafetensors(join(curvatureFolder(folder), vectors));
    expect(tensors.map(({ name }) => name)).toContain('eigenvector 3/head.weight');
    expect(await readCurvature(curvatureFile(folder, document.id))).toEqual(document);
  });

  it('has the trace within its standard error, and that of every layer', () => {
    const { mean, standardError } = document.trace!;
    expect(standardError).toBeGreaterThan(0);
    expect(Math.abs(mean - expected.trace)).toBeLessThan(4 * standardError!);
    expect(Object.keys(document.layers)).toEqual(Object.keys(expected.layers));
    for (const [layer, wanted] of Object.entries(expected.layers)) {
      const { trace, largest } = document.layers[layer]!;
      expect(Math.abs(trace!.mean - wanted.trace)).toBeLessThan(4.5 * trace!.standardError! + 1e-6);
      expect(Math.abs(largest!.value - wanted.largest)).toBeLessThan(2e-3 * Math.max(1, wanted.largest));
    }
  });

  it('has a spectral density that counts the eigenvalues', () => {
    const { values, density, sigma } = document.spectrum!;
    const step = values[1]! - values[0]!;
    expect(density.reduce((sum, value) => sum + value, 0) * step).toBeCloseTo(1, 3);
    // First moment: trace / n.
    const first = density.reduce((sum, value, i) => sum + value * values[i]!, 0) * step;
    const error = (document.trace!.standardError! * Math.sqrt(60 / 4)) / fixture.parameters;
    expect(Math.abs(first - expected.trace / fixture.parameters)).toBeLessThan(4 * error);
    // One eigenvalue stands far out: its share of the mass is 1 / n, within the error of four probes.
    const far =
      density.reduce((sum, value, i) => sum + (values[i]! > expected.eigenvalues[0]! - 5 * sigma ? value : 0), 0) *
      step;
    expect(far * fixture.parameters).toBeGreaterThan(0.1);
    expect(far * fixture.parameters).toBeLessThan(4);
  });

  it('goes on after it was stopped, with the same numbers', async () => {
    const other = lastingFolder();
    mkdirSync(curvatureFolder(other), { recursive: true });
    let stopped = begun;
    let rounds = 0;
    while (stopped.status !== 'finished') {
      const controller = new AbortController();
      const parts = new Set<string>();
      const emit = (event: CurvatureEvent): void => {
        if (event.type !== 'progress') return;
        if (event.part !== 'eigenvalues') parts.add(`${event.part} ${event.step}`);
        if (parts.size > 45) controller.abort(); // more than one probe of the spectrum takes
      };
      stopped = await measureCurvature({
        runFolder: other,
        document: stopped,
        hessian,
        signal: controller.signal,
        emit,
      });
      rounds += 1;
      if (stopped.status !== 'finished') expect(stopped.status).toBe('stopped');
    }
    expect(rounds).toBeGreaterThan(2);
    const results = ({ gradientNorm, eigenvalues, trace, layers, spectrum }: CurvatureDocument) => ({
      gradientNorm,
      eigenvalues,
      trace,
      layers,
      spectrum,
    });
    expect(results(stopped)).toEqual(results(document));
  });

  it('says in its file how far it is, and nothing of it at the end', async () => {
    const other = lastingFolder();
    mkdirSync(curvatureFolder(other), { recursive: true });
    const settings = { top: 0, probes: 4, spectrumProbes: 0, spectrumSteps: 0, layers: false, seed: 1 };
    const seen: unknown[] = [];
    const emit = (event: CurvatureEvent): void => {
      if (event.type !== 'progress') return;
      const text = readFileSync(curvatureFile(other, begun.id), 'utf8');
      seen.push((JSON.parse(text) as CurvatureDocument).progress);
    };
    const signal = new AbortController().signal;
    const ended = await measureCurvature({
      runFolder: other,
      document: { ...begun, settings },
      hessian,
      signal,
      emit,
    });
    expect(seen).toEqual([null, ...[0, 1, 2].map((step) => ({ part: 'trace', step, steps: 4 }))]);
    expect(ended.progress).toBeNull();
  });

  it('is left alone while another process is at it, and is gone on with when that has ended', async () => {
    const other = lastingFolder();
    mkdirSync(curvatureFolder(other), { recursive: true });
    const alive = { ...begun, host: hostname(), pid: process.ppid, updated: new Date().toISOString() };
    await writeCurvature(other, alive);
    await expect(begunMeasurement(other, begun)).rejects.toThrow('measured by another process');
    await writeCurvature(other, { ...alive, updated: new Date(Date.now() - 600_000).toISOString() });
    expect(await begunMeasurement(other, begun)).toMatchObject({ id: begun.id, pid: process.pid });
  });
});

describe('losscape hessian', () => {
  let run: string;
  beforeAll(async () => {
    [run] = (await trainedRuns(lastingFolder(), [{ type: 'focal', modulator: 'detached' }], 2)) as [string];
  });

  it('writes a file for each epoch, and measures nothing twice', async () => {
    const args = ['hessian', run, '--top', '2', '--probes', '2', '--epochs', '0,2', '--threads', '1'];
    const first = await losscape(...args);
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toMatch(/Hessian of focal γ=2 \(detached\) at epoch 0 of .*, \d+ weights\n {2}gradient: length/);
    expect(first.out).toMatch(/largest eigenvalues: .*\n {2}trace: .* ± /);
    expect(await curvatureIds(run)).toEqual(['epoch-0000-focal-2-detached', 'epoch-0002-focal-2-detached']);
    const file = curvatureFile(run, 'epoch-0002-focal-2-detached');
    const before = await readFile(file);
    expect((await readCurvature(file)).loss.variant).toBe('effective');
    await losscape(...args);
    expect(await readFile(file)).toEqual(before);
    await losscape('hessian', run, '--top', '1', '--probes', '0', '--threads', '1');
    expect(await curvatureIds(run)).toHaveLength(3);
  });

  it('says what is wrong', async () => {
    expect((await losscape('hessian', run, '--losses', 'nothing')).err).toMatch(/has a loss called "nothing"/);
    expect((await losscape('hessian', `${run}@9`)).err).toMatch(/has no checkpoint of epoch 9/);
    expect((await losscape('hessian', run, '--epoch', '1', '--epochs', '1,2')).err).toMatch(/exclude each other/);
  });

  it('gives surfaces their axes', async () => {
    await losscape('hessian', run, '--top', '3', '--probes', '0', '--images', '4', '--threads', '1');
    const last = await readCurvature(curvatureFile(run, (await curvatureIds(run)).at(-1)!));
    const [plane] = await sampled(
      ...[run, '--plane', 'hessian', '--range', '-0.04:0.04', '--points', '3', '--images', '4', '--split', 'train'],
    );
    const provenance = plane!.document.plane;
    if (provenance.kind !== 'curvature') throw new Error(provenance.kind);
    expect(provenance.axes).toEqual(['eigenvector 1', 'eigenvector 2']);
    expect(provenance.lengths[0]).toBeCloseTo(1, 5);
    expect(provenance.cosine).toBeCloseTo(0, 4);
    provenance.eigenvalues.forEach((value, i) => {
      expect(value! / last.eigenvalues!.largest[i]!.value).toBeCloseTo(1, 2);
    });
    const stored = await readPlane(join(plane!.folder, 'plane.safetensors'), unetParameters(tiny));
    const { tensors } = await readSafetensors(join(curvatureFolder(run), last.eigenvalues!.vectors));
    const found = tensors.find(({ name }) => name === 'eigenvector 1/bottom.conv2.weight')!.data as Float32Array;
    const [own, other] = [stored.a['bottom.conv2.weight']!, found];
    const cosine = dot(own, other) / (norm(own) * norm(other));
    expect(Math.abs(cosine)).toBeCloseTo(1, 2);

    const [line] = await sampled(
      ...[
        run,
        '--plane',
        'line',
        '--along',
        'gradient',
        '--range',
        '-0.01:0.01',
        '--points',
        '3',
        '--images',
        '4',
        '--split',
        'train',
      ],
    );
    const slope = await line!.values('loss.focal-2-detached.effective');
    const { gradientNorm } = line!.document.plane as { gradientNorm: number };
    expect((slope[2]! - slope[0]!) / 0.02 / gradientNorm).toBeCloseTo(1, 1);
  });
});
