import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultThreads } from '../src/engine/accelerators/threads';
import { lossName } from '../src/engine/experiment/lossLabel';
import type { LossSpec } from '../src/engine/experiment/schema';
import type { SurfaceEvent } from '../src/engine/surface/sweep';
import { median } from './measure';
import type { MemoryAnswer, PreparedAnswer, TimesAnswer } from './protocol';
import { findPython } from './python';
import { markdownTable, surroundingsText } from './results';
import { writeSection } from './sections';
import { Side } from './side';
import type { PrepareRequest, SurfaceRequest } from './surfaceProtocol';

/*
 * Times a loss surface of one U-Net over 16 images: every loss of an experiment and all metrics at each point, against the same
 * surface of one loss in PyTorch. A part of the points is measured, and scaled to a full grid; the adaptive surface is sampled as
 * a whole by the command line itself, around a network that was trained.
 */
const side = 51;
const images = 16;
const size = 128;
const model = { filters: 16, depth: 4, padding: 'same', classes: 2, channels: 3 } as const;
const bench = { name: 'surface', model, size, batch: images };

const losses: LossSpec[] = [
  { type: 'crossEntropy' },
  { type: 'crossEntropy', classWeights: [1, 3] },
  { type: 'focal', gamma: 2 },
  { type: 'dice' },
];
const withoutDice = losses.filter(({ type }) => type !== 'dice').map((loss) => lossName(loss));
const tenMore: LossSpec[] = [
  { type: 'crossEntropy', classWeights: [1, 2] },
  { type: 'crossEntropy', classWeights: [1, 4] },
  { type: 'crossEntropy', labelSmoothing: 0.1 },
  { type: 'focal', gamma: 1 },
  { type: 'focal', gamma: 3 },
  { type: 'focal', gamma: 5 },
  { type: 'focal', gamma: 2, modulator: 'detached' },
  { type: 'dice', squared: true },
  { type: 'dice', includeBackground: false },
  { type: 'sum', terms: [{ type: 'dice' }, { type: 'crossEntropy', weight: 0.5 }] },
];

const usage = `npm run bench -- surface [options]

  --python PATH   the Python with PyTorch to compare with (default: LOSSCAPE_PYTHON, then python3)
  --repeats N     rounds of each measurement (default: 9)
  --threads N     threads of either side (default: as many as losscape surface would use)
  --quick         a few points only, and nothing is written
`;

/** Runs the command line, bundled beside this file. */
function losscape(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, 'cli.cjs'), ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`losscape ${args.join(' ')} ended with code ${status}: ${stderr}`);
  return stdout;
}

/** Networks trained for a few epochs on generated images, one for each loss; gives the run under the first one. */
async function train(folder: string, threads: number): Promise<string> {
  losscape('sample', folder, '--pairs', '24', '--scale', '0.3');
  const experiment = {
    name: 'surface',
    dataset: { images: 'images', masks: 'masks', test: 4, synthetic: true },
    model: { filters: model.filters, depth: model.depth, padding: model.padding },
    input: { crop: [size, size] },
    training: { epochs: 8, optimizer: { type: 'adam', learningRate: 1e-3 }, evaluate: 'center', evaluateEvery: 8 },
    losses,
  };
  const file = join(folder, 'surface.losscape.json');
  await writeFile(file, JSON.stringify(experiment));
  losscape('train', file, '--threads', String(threads), '--json');
  const runs = readdirSync(join(folder, 'runs')).sort();
  return join(
    folder,
    'runs',
    runs.find((name) => name.includes('-surface-cross-entropy-'))!,
  );
}

interface Contender {
  readonly label: string;
  readonly side: Side;
  /** Milliseconds for a point. */
  readonly times: number[];
}

const ask = <T>(from: Side, request: SurfaceRequest): Promise<T> => from.ask<T>(request);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      python: { type: 'string' },
      repeats: { type: 'string', default: '9' },
      threads: { type: 'string', default: String(defaultThreads()) },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(usage);
  const [threads, repeats, runs] = [
    Number(values.threads),
    values.quick ? 2 : Number(values.repeats),
    values.quick ? 1 : 5,
  ];
  const python = findPython(['torch'], values.python);
  if (!python.found) console.log(`No Python with PyTorch: measuring ours alone (${python.reasons.join('; ')}).`);
  const folder = mkdtempSync(join(tmpdir(), 'losscape-bench-'));
  try {
    console.log('training the networks');
    const run = await train(folder, threads);
    const versions: Record<string, string> = {};
    const contender = async (one: Side, own: Partial<PrepareRequest>): Promise<Contender> => {
      const prepared = await ask<PreparedAnswer>(one, {
        ...{ do: 'prepare', case: bench, run, images, threads },
        ...{ losses: losses.length, more: [], oneLane: false, together: images },
        ...own,
      });
      Object.assign(versions, prepared.versions);
      return { label: one.name, side: one, times: [] };
    };
    const ours = (label: string, own: Partial<PrepareRequest>): Promise<Contender> =>
      contender(new Side(`ours, ${label}`, process.execPath, [join(__dirname, 'surfaceSide.cjs')]), own);
    const contenders = [
      await ours('4 losses', {}),
      await ours('one loss', { losses: 1 }),
      await ours('14 losses', { more: tenMore }),
      await ours(`4 losses, one batch of all ${threads} threads at a time`, { oneLane: true }),
    ];
    if (python.found) {
      const script = join(__dirname, '../../bench/peers/torch_surface.py');
      // PyTorch is offered the images in one batch and in smaller ones: which is faster depends on the caches.
      for (const together of [4, images]) {
        const label = `PyTorch, one loss, ${together} images at a time`;
        const peer = new Side(label, python.command, [script], { OMP_NUM_THREADS: String(threads) });
        contenders.push(await contender(peer, { losses: 1, together }));
      }
    }
    for (let round = -1; round < repeats; round++) {
      for (const { side: one, times } of round % 2 === 0 ? contenders : contenders.toReversed()) {
        const { milliseconds } = await ask<TimesAnswer>(one, { do: 'times', untimed: 1, runs });
        if (round >= 0) times.push(median(milliseconds)); // before, it is the warm-up
      }
    }
    const peak = (await ask<MemoryAnswer>(contenders[0]!.side, { do: 'memory' })).peak;
    for (const { side: one } of contenders) await one.close();
    const adaptive = [
      sampleAdaptively('4 losses', run, threads, values.quick, []),
      // Dice turns at many more places than the losses that every pixel adds to.
      sampleAdaptively('the 3 without Dice', run, threads, values.quick, withoutDice),
    ];
    await report(contenders, adaptive, { versions, threads, repeats, peak, write: !values.quick });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Adaptive {
  readonly label: string;
  readonly seconds: number;
  readonly measured: number;
  readonly points: number;
  /** Largest error seen at points measured afterwards, as a share of a loss's range. */
  readonly error: number;
}

/** The whole adaptive surface, as a user would have it sampled. */
function sampleAdaptively(
  label: string,
  run: string,
  threads: number,
  quick: boolean,
  names: readonly string[],
): Adaptive {
  const points = quick ? 17 : side;
  const output = losscape(
    ...['surface', run, '--points', String(points), '--images', String(images), '--split', 'train', '--adaptive'],
    ...['--no-trajectories', '--threads', String(threads), '--json'],
    ...(names.length === 0 ? [] : ['--losses', ...names]),
  );
  const events = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SurfaceEvent);
  const ended = events.at(-1)!;
  if (ended.type !== 'ended') throw new Error('the adaptive surface has not ended');
  const { secondsSampling, quantities, adaptive } = ended.document;
  const errors = Object.entries(adaptive!.checked!.largest).filter(([key]) => quantities[key]!.kind === 'loss');
  return {
    label,
    seconds: secondsSampling,
    measured: events.filter(({ type }) => type === 'progress').length,
    points: points ** 2,
    error: Math.max(...errors.map(([, error]) => error)),
  };
}

async function report(
  contenders: readonly Contender[],
  adaptive: readonly Adaptive[],
  {
    versions,
    threads,
    repeats,
    peak,
    write,
  }: { versions: Record<string, string>; threads: number; repeats: number; peak: number; write: boolean },
): Promise<void> {
  const peers = contenders.filter(({ label }) => label.startsWith('PyTorch'));
  const best = peers.toSorted((x, y) => median(x.times) - median(y.times))[0];
  // Of rounds, not of medians: what slows the machine down for a while hits both sides.
  const ratio = (times: readonly number[]): string =>
    best ? `${median(times.map((time, round) => time / best.times[round]!)).toFixed(2)}x` : '–';
  const row = (label: string, point: number, total: number, share: string): string[] => [
    label,
    `${point.toFixed(1)} ms`,
    `${total.toFixed(0)} s`,
    share,
  ];
  const rows = contenders.map(({ label, times }) =>
    row(label, median(times), (median(times) * side * side) / 1000, ratio(times)),
  );
  const full = best ? (median(best.times) * side * side) / 1000 : undefined;
  for (const { label, measured, points, seconds: own } of adaptive) {
    const seconds = (own * side * side) / points;
    rows.push([
      `ours, ${label}, adaptive (${measured} of ${points} points)`,
      '',
      `${seconds.toFixed(0)} s`,
      full === undefined ? '–' : `${(seconds / full).toFixed(2)}x`,
    ]);
  }
  const [all, , more] = contenders;
  const extra = 100 * (median(more!.times.map((time, round) => time / all!.times[round]!)) - 1);
  const table = markdownTable(['', 'a point', `${side} x ${side}`, 'of PyTorch'], rows);
  const text = `# Loss surfaces

A U-Net (${size}², ${model.filters} filters, depth ${model.depth}), ${images} images, ${side} x ${side} points. At each point ours computes every loss and accuracy, IoU,
confidences and calibration with their standard errors; the peer (\`bench/peers/torch_surface.py\`, channels_last, inference mode) computes
one loss. Medians of ${repeats} rounds in which all take turns; a part of the points is timed and scaled to the grid, but adaptive surfaces
are sampled as a whole (tolerance 1 %), around a network trained on generated images. Ratios are to the faster of the peer's two ways.

${surroundingsText(versions, threads)}

${table}

Ten more losses cost ${extra.toFixed(1)} % of a sweep. Interpolated losses were off by at most ${(100 * Math.max(...adaptive.map(({ error }) => error))).toFixed(2)} % of their range at the points
that the adaptive surfaces measured afterwards. Peak memory of ours: ${peak.toFixed(0)} MiB, whatever the number of points.

\`npm run bench -- surface\` measures again and writes this section.
`;
  console.log(text);
  if (write) await writeSection(text);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
