import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomFor, type Random } from '../../../src/engine/data/random';
import type { LossSpec } from '../../../src/engine/experiment/schema';
import { metricsSummary, summarizeMetrics, type MetricsRow, type Split } from '../../../src/runs/metricsTable';
import { encodeNpy } from '../../../src/runs/npy';
import { RunWriter } from '../../../src/runs/runWriter';
import type { StepRow } from '../../../src/runs/stepsTable';

export interface FixtureRun {
  label: string;
  name: string;
  epochs?: number;
  evaluateEvery?: number;
  epochsTotal?: number;
  train?: number;
  test?: number;
  /** Where IoU and confidence end, and how late the plateau ends. */
  iou?: number;
  confidence?: number;
  plateau?: number;
  status?: 'running' | 'finished' | 'stopped' | 'failed';
  synthetic?: boolean;
  predictions?: number;
  /** Default: cross-entropy. */
  loss?: LossSpec;
  surface?: boolean;
  seed?: number;
}

/** A run folder as training leaves it, with made-up but plausible numbers. */
export async function writeFixtureRun(runsFolder: string, fixture: FixtureRun): Promise<string> {
  const { label, name, epochs = 20, evaluateEvery = 1, train = 6, test = 5, seed = 1 } = fixture;
  const names = (split: Split, count: number): string[] => Array.from({ length: count }, (_, i) => `${split}-${i + 1}`);
  const images = { train: names('train', train), test: names('test', test) };
  const writer = await RunWriter.create(runsFolder, {
    experiment: {
      name: 'discs',
      dataset: { scale: 0.5 },
      model: { filters: 8, depth: 3, padding: 'same' },
      input: { crop: [128, 128], flip: true },
      training: {
        batchSize: 4,
        evaluate: 'whole',
        optimizer: { type: 'adam', learningRate: 0.001 },
        schedule: { type: 'constant', warmupSteps: 0 },
      },
    },
    experimentFile: null,
    experimentName: 'discs',
    loss: { name, label, spec: fixture.loss ?? { type: 'crossEntropy' } },
    dataset: { fingerprint: 'sha256:3b1f0c8a9d', ...images, synthetic: fixture.synthetic ?? false },
    parameters: 121_234,
    engine: 'compiled (tfjs → ONNX)',
    accelerator: { name: 'onnx', provider: 'cpu', threads: 2, reason: 'the default' },
    versions: { losscape: '0.1.0', node: '20.20.2', 'onnxruntime-node': '1.30.0' },
    seed,
    epochsTotal: fixture.epochsTotal ?? epochs,
  });
  const random = randomFor(seed, 'fixture', name);
  const rows: MetricsRow[] = [];
  for (let epoch = evaluateEvery; epoch <= epochs; epoch += evaluateEvery) {
    for (const split of ['train', 'test'] as const) {
      images[split].forEach((image, index) => rows.push(metricsRow(fixture, random, epoch, split, image, index)));
    }
  }
  await writer.appendMetrics(rows);
  await writer.appendSteps(stepRows(random, epochs));
  if (fixture.predictions) await writePredictions(writer.folder, fixture, images.test.slice(0, fixture.predictions));
  if (fixture.surface) await writeSurface(writer.folder);
  const { last, best } = summarizeMetrics(rows);
  await writer.update({
    status: fixture.status ?? 'finished',
    epochsDone: epochs,
    stepsDone: epochs * 3,
    secondsTraining: 83.2,
    dataWaitShare: 0.012,
    last: last ?? metricsSummary(0, []),
    best,
    finished: fixture.status === 'running' ? null : new Date().toISOString(),
    error:
      fixture.status === 'failed'
        ? { message: 'the loss diverged at step 12', hint: 'Lower the learning rate.' }
        : null,
  });
  await writer.close();
  return writer.folder;
}

function metricsRow(
  { iou = 0.9, confidence = 0.95, plateau = 5 }: FixtureRun,
  random: Random,
  epoch: number,
  split: Split,
  image: string,
  index: number,
): MetricsRow {
  const learnt = (1 / (1 + Math.exp(-(epoch - plateau) / 1.6))) * (1 - 0.3 * Math.exp(-epoch / 12));
  const own = (split === 'test' ? -0.03 : 0) + 0.05 * Math.sin(7 * index + 1) + 0.01 * random.normal();
  const share = (value: number): number => Math.min(0.9995, Math.max(0, value));
  const overlap = share(iou * learnt + own * learnt);
  const nll = 0.35 * (1 - 0.9 * learnt) + 0.02 * Math.abs(own);
  return {
    epoch,
    split,
    image,
    loss: nll * (0.2 + confidence),
    accuracy: share(0.89 + 0.105 * learnt + 0.1 * own * 0.1),
    iou: overlap,
    dice: (2 * overlap) / (1 + overlap),
    confidenceBackground: share(0.88 + 0.115 * learnt * confidence + 0.02 * own),
    confidenceForeground: share(0.15 + (confidence - 0.15) * learnt + own * 0.4),
    areaRatioBackground: 1,
    areaRatioForeground: 0.98,
    ece: 0.02,
    eceTopLabel: 0.02,
    eceForeground: 0.05,
    eceBoundary: 0.1,
    nll,
    brier: nll / 8,
    boundaryIou: overlap * 0.7,
    hd95: overlap > 0.02 ? 4 + 30 * (1 - learnt) : NaN,
    assd: overlap > 0.02 ? 1.3 + 9 * (1 - learnt) : NaN,
  };
}

const layers = [
  'encoder.0.conv1',
  'encoder.0.conv2',
  'bottom.conv1',
  'bottom.conv2',
  'decoder.0.up',
  'decoder.0.conv1',
  'head',
];

function stepRows(random: Random, epochs: number): StepRow[] {
  return Array.from({ length: epochs * 3 }, (_, index) => ({
    step: index + 1,
    epoch: Math.floor(index / 3) + 1,
    loss: 0.7 * Math.exp(-index / 20),
    learningRate: 1e-3,
    seconds: 0.2,
    imagesPerSecond: 20,
    changes: Object.fromEntries(
      layers.flatMap((layer, position) =>
        ['weight', 'bias'].map((kind) => [
          `${layer}.${kind}`,
          (kind === 'bias' ? 0.01 : 1) *
            (position === 6 ? 0.02 : 1 + 3 * Math.sin(position)) ** 2 *
            (0.05 + Math.exp(-index / 25)) *
            (1 + 0.1 * random.normal()),
        ]),
      ),
    ),
  }));
}

/** Discs on a shaded ground, and a prediction that is a little off and softer where the confidence is low. */
async function writePredictions(folder: string, { confidence = 0.95 }: FixtureRun, names: string[]): Promise<void> {
  const latest = join(folder, 'predictions', 'latest');
  await mkdir(latest, { recursive: true });
  const [height, width] = [107, 142];
  for (const [number, name] of names.entries()) {
    const [cx, cy, radius] = [60 + 15 * number, 50 + 4 * number, 20 + 2 * number];
    const pixels = new Uint8Array(width * height * 3);
    const mask = new Uint8Array(width * height);
    const probability = new Uint8Array(width * height);
    for (let i = 0; i < width * height; i++) {
      const [x, y] = [i % width, Math.floor(i / width)];
      const inside = Math.hypot(x - cx, (y - cy) * 1.1) < radius;
      const glow = 60 * Math.exp(-(((x - cx) / 60) ** 2) - ((y - cy) / 60) ** 2);
      const vessel = Math.abs(Math.sin((x - cx) / 9 + Math.sin(y / 11))) < 0.09 ? 35 : 0;
      pixels.set(
        [130 + glow + (inside ? 60 : 0) - vessel, 55 + glow + (inside ? 60 : 0) - vessel, 25 + (inside ? 40 : 0)],
        i * 3,
      );
      mask[i] = inside ? 255 : 0;
      const distance = radius + 2 - Math.hypot(x - cx - 4, y - cy + 3);
      const spread = 2 + 12 * (1 - confidence);
      probability[i] = Math.round(255 * ((1 - confidence) / 2 + confidence / (1 + Math.exp(-distance / spread))));
    }
    const grey = { raw: { width, height, channels: 1 as const } };
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(join(latest, `${name}.image.png`));
    await sharp(mask, grey)
      .toColourspace('b-w')
      .png()
      .toFile(join(latest, `${name}.mask.png`));
    await sharp(probability, grey)
      .toColourspace('b-w')
      .png()
      .toFile(join(latest, `${name}.png`));
    const margin = Float32Array.from(probability, (value) => Math.log((value + 0.5) / (255.5 - value)));
    await writeFile(join(latest, `${name}.margin.npy`), encodeNpy([height, width], margin));
  }
  const images = names.map((name, index) => ({ name, iou: 0.9 - 0.02 * index }));
  await writeFile(join(latest, 'index.json'), JSON.stringify({ epoch: 20, images }));
}

async function writeSurface(folder: string): Promise<void> {
  const at = join(folder, 'surfaces', 'plane-1');
  await mkdir(at, { recursive: true });
  const axis = Array.from({ length: 21 }, (_, index) => (index - 10) / 10);
  const quantity = (value: (a: number, b: number) => number): Float32Array =>
    Float32Array.from({ length: 21 * 21 }, (_, i) => value(axis[i % 21]!, axis[Math.floor(i / 21)]!));
  const loss = quantity((a, b) => 0.03 + 2 * a * a + 0.7 * (b - 0.3 * Math.sin(3 * a)) ** 2);
  const iou = quantity((a, b) => (a > 0.75 && b > 0.75 ? NaN : 0.92 * Math.exp(-2 * a * a - b * b)));
  await writeFile(join(at, 'loss.npy'), npyBytes([21, 21], loss));
  await writeFile(join(at, 'iou.npy'), npyBytes([21, 21], iou));
  await writeFile(
    join(at, 'surface.json'),
    JSON.stringify({
      kind: 'plane',
      axes: { a: axis, b: axis },
      quantities: { loss: { label: 'cross-entropy', file: 'loss.npy' }, iou: { label: 'IoU', file: 'iou.npy' } },
      provenance: 'Weights of epoch 20; two random directions, filter-normalised; 5 test images.',
      trajectory: Array.from({ length: 12 }, (_, i) => ({
        a: 0.9 * Math.exp(-i / 3),
        b: -0.6 * Math.exp(-i / 4),
        epoch: i,
      })),
    }),
  );
}

/** An `.npy` file of float32, as numpy writes it. */
export function npyBytes(shape: readonly number[], data: Float32Array): Uint8Array {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const header = dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11) + '\n';
  const bytes = new Uint8Array(10 + header.length + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + header.length);
  return bytes;
}
