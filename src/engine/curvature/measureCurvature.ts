import { dirname, join } from 'node:path';
import { curvatureFile, writeCurvature, type CurvatureDocument } from '../../runs/curvatureDocument';
import { Problem } from '../../runs/problem';
import { writeSafetensors } from '../../runs/safetensors';
import { type Hessian, weightsOf } from './hessian';
import { dot, lanczos, norm, ritzVector, type Lanczos } from './lanczos';
import { probeVector, startVector } from './probes';
import { estimate, spectralDensity } from './spectrum';

type Part = NonNullable<CurvatureDocument['progress']>['part'];

export type CurvatureEvent =
  | { type: 'started'; file: string; document: CurvatureDocument }
  /** `step` of about `steps` in a part of the work. */
  | {
      type: 'progress';
      curvature: string;
      part: Part;
      step: number;
      steps: number;
    }
  | {
      type: 'ended';
      curvature: string;
      status: CurvatureDocument['status'];
      file: string;
      document: CurvatureDocument;
    };

export interface MeasureOptions {
  readonly runFolder: string;
  readonly document: CurvatureDocument;
  readonly hessian: Hessian;
  /** Asks to stop after the product under way. */
  readonly signal: AbortSignal;
  readonly emit: (event: CurvatureEvent) => void;
}

/** Residuals below this share of the eigenvalue count as found. */
const tolerance = 1e-3;
/** Steps of Lanczos' method for eigenvalues, at most: each keeps a vector of all weights, two gigabytes of them together. */
const mostSteps = (size: number): number => Math.max(20, Math.min(100, Math.floor(2 ** 31 / (4 * size))));
/** As many, for the largest eigenvalue of one layer. */
const mostLayerSteps = 30;

/** How far a part has come is written no more often than this. */
const progressMilliseconds = 1000;

/** Thrown through the numerics when it was asked to stop; never leaves this file. */
class Stopped extends Error {}

/**
 * Measures what is missing in a curvature file: eigenvalues and eigenvectors, the trace, the layers, the spectral density. The file
 * is written after each probe, and each probe's random numbers follow from the seed and its number, so that an interrupted
 * measurement ends with the same numbers.
 * @throws Problem when a product is not finite, or the disk is full.
 */
export async function measureCurvature(options: MeasureOptions): Promise<CurvatureDocument> {
  const measuring = new Measuring(options);
  try {
    await measuring.run();
    return await measuring.end('finished');
  } catch (error) {
    if (error instanceof Stopped) return measuring.end('stopped');
    await measuring.end('failed');
    throw error;
  }
}

class Measuring {
  private document: CurvatureDocument;
  private readonly started = performance.now();
  private readonly before: number;
  private readonly file: string;
  private readonly layers: readonly string[];
  private written = 0;

  constructor(private readonly options: MeasureOptions) {
    this.document = { ...options.document, status: 'measuring', progress: null };
    this.before = this.document.secondsMeasuring;
    this.file = curvatureFile(options.runFolder, this.document.id);
    this.layers = [...new Set(options.hessian.specs.map(({ layer }) => layer))];
  }

  async run(): Promise<void> {
    const { hessian, emit } = this.options;
    await this.write({});
    emit({ type: 'started', file: this.file, document: this.document });
    if (this.document.gradientNorm === null) {
      await this.write({ gradientNorm: norm(await hessian.gradient()) });
    }
    await this.eigenvalues();
    await this.trace();
    await this.layerEigenvalues();
    await this.spectrum();
  }

  async end(status: CurvatureDocument['status']): Promise<CurvatureDocument> {
    await this.write({ status, progress: null, finished: status === 'finished' ? new Date().toISOString() : null });
    const { document, file } = this;
    this.options.emit({ type: 'ended', curvature: document.id, status, file, document });
    return document;
  }

  private async eigenvalues(): Promise<void> {
    const { top, seed } = this.document.settings;
    if (this.document.eigenvalues !== null || top === 0) return;
    const { hessian, runFolder } = this.options;
    const found = (ritz: Pick<Lanczos, 'values' | 'residuals'>): boolean => {
      const last = ritz.values.length - 1;
      return (
        last >= top &&
        [...Array(top).keys(), last].every((i) => ritz.residuals[i]! <= tolerance * Math.abs(ritz.values[i]!))
      );
    };
    const result = await this.lanczos('eigenvalues', startVector(hessian.size, seed), mostSteps(hessian.size), found);
    const pair = (i: number) => ({ value: result.values[i]!, residual: result.residuals[i]! });
    const count = Math.min(top, result.values.length);
    const vectors = `${this.document.id}.vectors.safetensors`;
    const tensors = Array.from({ length: count }, (_, i) => weightsOf(hessian.specs, ritzVector(result, i))).flatMap(
      (vector, i) =>
        hessian.specs.map(({ name, shape }) => ({ name: `eigenvector ${i + 1}/${name}`, shape, data: vector[name]! })),
    );
    await writeSafetensors(join(dirname(curvatureFile(runFolder, vectors)), vectors), tensors, { format: 'pt' });
    const exhausted = result.basis.length < mostSteps(hessian.size);
    await this.write({
      eigenvalues: {
        largest: Array.from({ length: count }, (_, i) => pair(i)),
        smallest: pair(result.values.length - 1),
        products: result.basis.length,
        converged: found(result) || exhausted,
        vectors,
      },
    });
  }

  /** Hutchinson, "A stochastic estimator of the trace of the influence matrix", 1990. */
  private async trace(): Promise<void> {
    const { probes, seed } = this.document.settings;
    const { hessian } = this.options;
    for (let i = this.document.traceProbes.length; i < probes; i++) {
      this.progress('trace', i, probes);
      const vector = probeVector(hessian.size, seed, 'trace', i);
      const [own, image] = [weightsOf(hessian.specs, vector), weightsOf(hessian.specs, await this.product(vector))];
      const byLayer = Object.fromEntries(this.layers.map((layer) => [layer, 0]));
      for (const { name, layer } of hessian.specs) byLayer[layer]! += dot(own[name]!, image[name]!);
      await this.write({ traceProbes: [...this.document.traceProbes, byLayer] });
    }
    const all = this.document.traceProbes;
    if (all.length === 0) return;
    const layers = Object.fromEntries(
      this.layers.map((layer) => [
        layer,
        { largest: this.document.layers[layer]?.largest ?? null, trace: estimate(all.map((probe) => probe[layer]!)) },
      ]),
    );
    const whole = all.map((probe) => Object.values(probe).reduce((sum, value) => sum + value, 0));
    await this.write({ trace: estimate(whole), layers });
  }

  /** The largest eigenvalue of each layer's diagonal block: Lanczos' method on vectors that are 0 elsewhere. */
  private async layerEigenvalues(): Promise<void> {
    if (!this.document.settings.layers) return;
    const { hessian } = this.options;
    for (const [i, layer] of this.layers.entries()) {
      if (this.document.layers[layer]?.largest) continue;
      this.progress('layers', i, this.layers.length);
      const within = (vector: Float32Array): Float32Array => {
        const parts = weightsOf(hessian.specs, vector);
        for (const spec of hessian.specs) if (spec.layer !== layer) parts[spec.name]!.fill(0);
        return vector;
      };
      const start = within(startVector(hessian.size, this.document.settings.seed));
      const product = async (vector: Float32Array): Promise<Float32Array> => within(await this.product(vector));
      const result = await lanczos(
        product,
        start,
        mostLayerSteps,
        ({ values, residuals }) => residuals[0]! <= tolerance * Math.abs(values[0]!),
      );
      const largest = { value: result.values[0]!, residual: result.residuals[0]! };
      const trace = this.document.layers[layer]?.trace ?? null;
      await this.write({ layers: { ...this.document.layers, [layer]: { trace, largest } } });
    }
  }

  private async spectrum(): Promise<void> {
    const { spectrumProbes, spectrumSteps, seed } = this.document.settings;
    const { hessian } = this.options;
    for (let i = this.document.spectrumProbes.length; i < spectrumProbes; i++) {
      const start = probeVector(hessian.size, seed, 'spectrum', i);
      const done = i * spectrumSteps;
      const result = await this.lanczos(
        'spectrum',
        start,
        spectrumSteps,
        () => false,
        done,
        spectrumProbes * spectrumSteps,
      );
      const probe = { values: [...result.values], weights: result.coordinates.map((vector) => vector[0]! ** 2) };
      await this.write({ spectrumProbes: [...this.document.spectrumProbes, probe] });
    }
    if (this.document.spectrumProbes.length > 0 && this.document.spectrum === null) {
      await this.write({ spectrum: spectralDensity(this.document.spectrumProbes) });
    }
  }

  private lanczos(
    part: 'eigenvalues' | 'spectrum',
    start: Float32Array,
    steps: number,
    enough: (ritz: Omit<Lanczos, 'basis'>) => boolean,
    before = 0,
    all = steps,
  ): Promise<Lanczos> {
    return lanczos(
      (vector) => this.product(vector),
      start,
      steps,
      (ritz) => {
        this.progress(part, before + ritz.values.length, all);
        return enough(ritz);
      },
    );
  }

  private async product(vector: Float32Array): Promise<Float32Array> {
    if (this.options.signal.aborted) throw new Stopped();
    const image = await this.options.hessian.product(vector);
    if (performance.now() - this.written > progressMilliseconds) await this.write({});
    if (image.every(Number.isFinite)) return image;
    throw new Problem(`second derivatives of "${this.document.loss.name}" are not finite at this network`, {
      place: { file: this.file },
      hint: 'Choose another epoch or loss.',
    });
  }

  private progress(part: Part, step: number, steps: number): void {
    this.document = { ...this.document, progress: { part, step, steps } };
    this.options.emit({ type: 'progress', curvature: this.document.id, part, step, steps });
  }

  private async write(patch: Partial<CurvatureDocument>): Promise<void> {
    const secondsMeasuring = this.before + (performance.now() - this.started) / 1000;
    this.document = { ...this.document, secondsMeasuring, updated: new Date().toISOString(), ...patch };
    await writeCurvature(this.options.runFolder, this.document);
    this.written = performance.now();
  }
}
