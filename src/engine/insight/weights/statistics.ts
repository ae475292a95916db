import { Problem } from '../../../runs/problem';
import { checkpointEpochs } from '../../../runs/retention';
import type { StepRow } from '../../../runs/stepsTable';
import type { Runtime } from '../../compile/program';
import type { ModelConfig } from '../../experiment/schema';
import type { Weights } from '../../surface/directions';
import { unetParameters } from '../../unet/unet';
import { networkLayers, type NetworkLayer } from '../activations/layers';
import type { TileImages } from '../oneTile';
import { ActivityMeter, deadFilters, type LayerActivity } from './filterActivity';
import { layerDistances, layerNorms } from './norms';
import { stepChanges } from './stepChanges';

/** Where the statistics of a run come from. */
export interface WeightSource {
  readonly run: {
    readonly folder: string;
    readonly document: { readonly dataset: { readonly train: readonly string[] } };
    readonly experiment: { readonly model: ModelConfig };
  };
  /** Of `steps.csv`. */
  readonly parameters: readonly string[];
  readonly rows: readonly StepRow[];
  runtime(): Promise<Runtime>;
  /** The nearest whole checkpoint to an epoch. */
  checkpoint(epoch: number): Promise<{ readonly epoch: number; readonly weights: Weights }>;
  /** A training image in one pass. */
  tile(name: string): Promise<TileImages>;
}

export interface WeightOptions {
  /** Most columns of the changes by step. */
  readonly columns?: number | undefined;
  /** On how many training images filters are measured; 0 for none. */
  readonly images?: number | undefined;
  /** At how many checkpoints they are. */
  readonly measurements?: number | undefined;
}

export const weightDefaults = { columns: 1000, images: 4, measurements: 10 } as const;

/** See the protocol's `weightStatistics` for what the matrices hold; all are [layers, …]. */
export interface WeightStatistics {
  readonly layers: readonly Pick<NetworkLayer, 'name' | 'channels' | 'relu' | 'parameters'>[];
  readonly columns: number;
  readonly firstSteps: readonly number[];
  readonly lastSteps: readonly number[];
  readonly epochs: readonly number[];
  /** Epochs at which filters were measured. */
  readonly measured: readonly number[];
  readonly images: readonly string[];
  readonly dead: readonly (readonly number[])[];
  readonly notes: readonly string[];
  readonly values: {
    readonly stepChanges: Float32Array;
    readonly norms: Float32Array;
    readonly biasNorms: Float32Array;
    readonly changes: Float32Array;
    readonly deadFilters: Int32Array;
    readonly active: Float32Array;
  };
}

/**
 * Everything about the weights of a run over its training. Checkpoints that are damaged and images that are gone are left
 * out, with a note.
 * @throws the signal's reason when it is given up on the way.
 */
export async function readWeightStatistics(
  source: WeightSource,
  options: WeightOptions,
  signal: AbortSignal,
): Promise<WeightStatistics> {
  const { columns = weightDefaults.columns, images = weightDefaults.images } = options;
  const layers = networkLayers(source.run.experiment.model);
  const notes: string[] = [];
  const steps = stepChanges(source.parameters, source.rows, columns);
  const norms = await readNorms(source, notes, signal);
  const epochs = norms.map(({ epoch }) => epoch);
  const measured = images > 0 ? evenly(epochs, options.measurements ?? weightDefaults.measurements) : [];
  const activity = await measureActivity(source, measured, images, notes, signal);
  const count = layers.length;
  const table = <T extends Float32Array | Int32Array>(
    out: T,
    width: number,
    at: (column: number) => ArrayLike<number>,
  ): T => {
    for (let column = 0; column < width; column++) {
      const values = at(column);
      for (let layer = 0; layer < count; layer++) out[layer * width + column] = values[layer]!;
    }
    return out;
  };
  const matrix = (width: number, at: (column: number) => ArrayLike<number>): Float32Array =>
    table(new Float32Array(count * width), width, at);
  const { epochs: done, of } = activity;
  const byLayer = <T>(one: readonly LayerActivity[], value: (activity: LayerActivity) => T, none: T): T[] =>
    layers.map(({ name }) => {
      const found = one.find(({ layer }) => layer === name);
      return found ? value(found) : none;
    });
  return {
    layers: layers.map(({ name, channels, relu, parameters }) => ({ name, channels, relu, parameters })),
    columns: steps.firstSteps.length,
    firstSteps: steps.firstSteps,
    lastSteps: steps.lastSteps,
    epochs,
    measured: done,
    images: activity.images,
    dead: of.length === 0 ? layers.map(() => []) : byLayer(of.at(-1)!, deadFilters, []),
    notes,
    values: {
      // A run that was not begun has no steps, and so no layers in them.
      stepChanges: steps.values,
      norms: matrix(epochs.length, (i) => norms[i]!.weights),
      biasNorms: matrix(epochs.length, (i) => norms[i]!.biases),
      changes: matrix(epochs.length, (i) => norms[i]!.changes),
      deadFilters: table(new Int32Array(count * done.length), done.length, (i) =>
        byLayer(of[i]!, (one) => deadFilters(one).length, -1),
      ),
      active: matrix(done.length, (i) => byLayer(of[i]!, ({ active }) => mean(active), NaN)),
    },
  };
}

interface NormsOfEpoch {
  readonly epoch: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
  /** Since the checkpoint before. */
  readonly changes: Float32Array;
}

async function readNorms(source: WeightSource, notes: string[], signal: AbortSignal): Promise<NormsOfEpoch[]> {
  const specs = unetParameters(source.run.experiment.model);
  const found: NormsOfEpoch[] = [];
  let before: Weights | undefined;
  for (const epoch of await checkpointEpochs(source.run.folder)) {
    signal.throwIfAborted();
    const checkpoint = await source.checkpoint(epoch);
    if (checkpoint.epoch !== epoch) {
      notes.push(`The checkpoint of epoch ${epoch} is damaged and left out.`);
      continue;
    }
    const { weights, biases, layers } = layerNorms(specs, checkpoint.weights);
    const changes = before
      ? layerDistances(specs, before, checkpoint.weights).weights
      : new Float32Array(layers.length).fill(NaN);
    found.push({ epoch, weights, biases, changes });
    before = checkpoint.weights;
  }
  return found;
}

async function measureActivity(
  source: WeightSource,
  epochs: readonly number[],
  count: number,
  notes: string[],
  signal: AbortSignal,
): Promise<{ images: string[]; epochs: readonly number[]; of: LayerActivity[][] }> {
  if (epochs.length === 0) return { images: [], epochs: [], of: [] };
  const images: string[] = [];
  const tiles: TileImages[] = [];
  for (const name of evenly(source.run.document.dataset.train, count)) {
    signal.throwIfAborted();
    try {
      tiles.push(await source.tile(name));
      images.push(name);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      notes.push(`Filters are not measured on ${name}: ${error.message}.`);
    }
  }
  if (tiles.length === 0) return { images, epochs: [], of: [] };
  const meter = new ActivityMeter(await source.runtime(), source.run.experiment.model);
  const of: LayerActivity[][] = [];
  try {
    for (const epoch of epochs) of.push(await meter.measure((await source.checkpoint(epoch)).weights, tiles, signal));
  } finally {
    await meter.dispose();
  }
  return { images, epochs, of };
}

/** At most `count` of a list, the first and the last among them, evenly spaced. */
function evenly<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list];
  if (count <= 1) return count === 1 ? [list.at(-1)!] : [];
  return Array.from({ length: count }, (_, i) => list[Math.round((i * (list.length - 1)) / (count - 1))]!);
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
