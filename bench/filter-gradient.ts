import { parseArgs } from 'node:util';
import type * as ort from 'onnxruntime-node';
import { defaultThreads } from '../src/engine/accelerators/threads';
import { nchwc } from '../src/engine/compile/kernels/convolution';
import type { ConvolutionGeometry } from '../src/engine/compile/kernels/convolutionGeometry';
import { asConvolution, asMatrixProduct } from '../src/engine/compile/kernels/filterGradient';
import { layout, memoryDims } from '../src/engine/compile/layout';
import { loadOnnxRuntime, sessionOptions, targetOf } from '../src/engine/compile/onnxLibrary';
import { type Target, Tracer } from '../src/engine/compile/tracer';
import { unetGeometry } from '../src/engine/data/geometry';
import { type BenchCase, cases } from './cases';
import { median } from './measure';
import { markdownTable, surroundingsText } from './results';
import { writeSection } from './sections';

/*
 * Times each lowering of the filter gradient on every 3x3 layer of the benchmark's networks. Image and gradient come in
 * channel blocks and the result leaves as the blocked convolution keeps its weights, as inside a training step, so
 * whatever a lowering has to rearrange counts. `one band` is the convolution over whole images, however large they are.
 */
const lowerings = {
  convolution: asConvolution,
  'convolution, one band': (...[tracer, x, dy, filterShape, geometry]: Parameters<typeof asConvolution>) =>
    asConvolution(tracer, x, dy, filterShape, geometry, { whole: Infinity, band: Infinity }),
  'matrix product': asMatrixProduct,
};
type LoweringName = keyof typeof lowerings;

interface Layer {
  readonly batch: number;
  /** Sides of the square that the convolution reads, and of the one that it writes. */
  readonly from: number;
  readonly to: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** The 3x3 convolutions of a U-Net between features in whole blocks, each shape once. */
function layersOf({ model, size, batch }: BenchCase, block: number): Layer[] {
  const layers: Layer[] = [];
  const loss = model.padding === 'valid' ? 2 : 0;
  let [side] = unetGeometry(model, [size, size]).tile;
  const convolve = (inputs: number, outputs: number): void => {
    layers.push({ batch, from: side, to: side - loss, inputs, outputs });
    side -= loss;
  };
  for (let level = 0; level <= model.depth; level++) {
    const width = model.filters * 2 ** level;
    convolve(level === 0 ? model.channels : width / 2, width);
    convolve(width, width);
    if (level < model.depth) side /= 2;
  }
  for (let level = model.depth - 1; level >= 0; level--) {
    const width = model.filters * 2 ** level;
    side *= 2;
    convolve(2 * width, width);
    convolve(width, width);
  }
  const blocked = layers.filter(({ inputs, outputs }) => inputs % block === 0 && outputs % block === 0);
  return [...new Map(blocked.map((layer) => [JSON.stringify(layer), layer])).values()];
}

interface Trial {
  readonly session: ort.InferenceSession;
  readonly feeds: Record<string, ort.Tensor>;
}

async function open(layer: Layer, lowering: LoweringName, target: Target, threads: number): Promise<Trial> {
  const { batch, from, to, inputs, outputs } = layer;
  const tracer = new Tracer(target);
  const { graph } = tracer;
  const { InferenceSession, Tensor } = loadOnnxRuntime();
  const feeds: Record<string, ort.Tensor> = {};
  const input = (name: string, shape: number[]) => {
    const dims = memoryDims(shape, nchwc, target.block);
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Math.random() - 0.5);
    feeds[name] = new Tensor('float32', values, dims);
    return tracer.result(name, graph.addInput(name, 'float32', dims), shape, 'float32', nchwc);
  };
  const x = input('x', [batch, from, from, inputs]);
  const dy = input('dy', [batch, to, to, outputs]);
  const pad = (to + 2 - from) / 2;
  const geometry: ConvolutionGeometry = {
    kernel: [3, 3],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [pad, pad, pad, pad],
  };
  const result = lowerings[lowering](tracer, x, dy, [3, 3, inputs, outputs], geometry);
  graph.addOutput('gradient', tracer.read(result, layout('3o 2o 0 1 2i 3i')));
  graph.prune();
  const bytes = graph.encode({ producer: 'losscape' });
  return { session: await InferenceSession.create(bytes, sessionOptions('cpu', threads)), feeds };
}

/** Milliseconds of each lowering: medians over `repeats` rounds in which the lowerings take turns. */
async function measureLayer(
  layer: Layer,
  target: Target,
  threads: number,
  repeats: number,
): Promise<Record<LoweringName, number>> {
  const names = Object.keys(lowerings) as LoweringName[];
  const trials: Trial[] = [];
  for (const name of names) trials.push(await open(layer, name, target, threads));
  const times = names.map((): number[] => []);
  for (let round = -2; round < repeats; round++) {
    for (const [i, { session, feeds }] of trials.entries()) {
      const began = performance.now();
      await session.run(feeds);
      if (round >= 0) times[i]!.push(performance.now() - began);
    }
  }
  for (const { session } of trials) await session.release();
  return Object.fromEntries(names.map((name, i) => [name, median(times[i]!)])) as Record<LoweringName, number>;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      repeats: { type: 'string', default: '11' },
      threads: { type: 'string', default: String(defaultThreads()) },
      case: { type: 'string', default: '' },
    },
  });
  const threads = Number(values.threads);
  const target = await targetOf('cpu');
  if (target.block === 0)
    throw new Error('this processor has no blocked convolutions: there is nothing to choose from');
  const names = Object.keys(lowerings) as LoweringName[];
  const rows: string[][] = [];
  for (const bench of cases.filter(({ name }) => name.includes(values.case))) {
    rows.push([`**${bench.name}**`, ...names.map(() => ''), '']);
    for (const layer of layersOf(bench, target.block)) {
      const times = await measureLayer(layer, target, threads, Number(values.repeats));
      const { batch, from, to, inputs, outputs } = layer;
      const best = names.reduce((a, b) => (times[a] < times[b] ? a : b));
      // Two operations for each of the products that the gradient is a sum of.
      const rate = (2 * 9 * batch * to * to * inputs * outputs) / times[best] / 1e6;
      rows.push([
        `${from}² x ${inputs} -> ${to}² x ${outputs}`,
        ...names.map((name) => (name === best ? `**${times[name].toFixed(2)}**` : times[name].toFixed(2))),
        rate.toFixed(0),
      ]);
      console.log(rows.at(-1)!.join('   '));
    }
  }
  const table = markdownTable(['layer', ...names.map((name) => `${name} (ms)`), 'GFLOP/s of the faster'], rows);
  const versions = { node: process.versions.node, 'onnxruntime-node': loadOnnxRuntime().env.versions.common };
  if (values.case !== '') return;
  await writeSection(`# Lowerings of the filter gradient

Times of one filter gradient of each 3x3 layer, milliseconds, medians of ${values.repeats}. Which lowering a layer gets is decided in
\`src/engine/compile/kernels/filterGradient.ts\`, which also explains them; \`npm run bench -- filter-gradient\` measures
again and writes this section.

${surroundingsText(versions, threads)}

${table}
`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
