import { checkpointPath } from '../../runs/layout';
import { Problem } from '../../runs/problem';
import { checkpointEpochs } from '../../runs/retention';
import { SafetensorsFile } from '../../runs/safetensorsFile';
import type { ParameterSpec } from '../unet/unet';
import type { KnownRun } from './chooseNetworks';

/** The checkpoints of a run that are looked at. */
export interface RunCheckpoints {
  readonly run: KnownRun;
  /** Ascending. */
  readonly epochs: readonly number[];
  /** How many the run has. */
  readonly available: number;
}

/** So many checkpoints at most, of all runs together: the work of a principal component analysis grows with their square. */
export const mostCheckpoints = 100;

/**
 * The checkpoints of runs: all of them, or of each run as many as fit, evenly spread, first and last among them.
 * @throws Problem when a run has none.
 */
export async function checkpointsOf(runs: readonly KnownRun[], most = mostCheckpoints): Promise<RunCheckpoints[]> {
  const all: RunCheckpoints[] = [];
  for (const run of runs) {
    const epochs = await checkpointEpochs(run.folder);
    if (epochs.length === 0) {
      throw new Problem(`run ${run.document.id} has no checkpoint yet`, {
        place: { file: run.folder },
        hint: 'Checkpoints are written as it trains.',
      });
    }
    all.push({ run, epochs, available: epochs.length });
  }
  const total = all.reduce((sum, { available }) => sum + available, 0);
  if (total <= most) return all;
  const each = Math.max(2, Math.floor(most / all.length));
  return all.map(({ run, epochs, available }) => ({ run, epochs: spread(epochs, each), available }));
}

function spread<T>(values: readonly T[], count: number): readonly T[] {
  if (values.length <= count) return values;
  return Array.from({ length: count }, (_, i) => values[Math.round((i * (values.length - 1)) / (count - 1))]!);
}

/** The same few elements of every checkpoint. */
export interface CheckpointChunk {
  readonly name: string;
  /** First element within the tensor. */
  readonly first: number;
  /** One row for each checkpoint. */
  readonly rows: readonly Float32Array[];
}

/** Elements of a tensor that are read at once from each file. */
const chunkElements = 2 ** 16;

/**
 * Checkpoints side by side, walked through a piece of a tensor at a time: memory does not grow with the size of the networks.
 */
export class CheckpointFiles {
  private constructor(
    private readonly specs: readonly ParameterSpec[],
    private readonly files: readonly SafetensorsFile[],
  ) {}

  /** @throws Problem that names the file when one is missing, damaged, or of another architecture than `specs`. */
  static async open(runs: readonly RunCheckpoints[], specs: readonly ParameterSpec[]): Promise<CheckpointFiles> {
    const files: SafetensorsFile[] = [];
    try {
      for (const { run, epochs } of runs) {
        for (const epoch of epochs) {
          const file = await SafetensorsFile.open(checkpointPath(run.folder, epoch));
          files.push(file);
          for (const spec of specs) checkShape(file, spec);
        }
      }
      return new CheckpointFiles(specs, files);
    } catch (error) {
      for (const file of files) await file.close();
      throw error;
    }
  }

  get count(): number {
    return this.files.length;
  }

  async *chunks(): AsyncGenerator<CheckpointChunk> {
    for (const { name, shape } of this.specs) {
      const size = shape.reduce((a, b) => a * b, 1);
      for (let first = 0; first < size; first += chunkElements) {
        const count = Math.min(chunkElements, size - first);
        const rows: Float32Array[] = [];
        for (const file of this.files) rows.push(await file.read(name, first, count));
        yield { name, first, rows };
      }
    }
  }

  async close(): Promise<void> {
    for (const file of this.files) await file.close();
  }
}

function checkShape(file: SafetensorsFile, { name, shape }: ParameterSpec): void {
  const found = file.shapeOf(name);
  if (found?.join() === shape.join()) return;
  throw new Problem(
    found
      ? `tensor "${name}" has the shape [${found.join(', ')}], not [${shape.join(', ')}]`
      : `there is no tensor "${name}"`,
    {
      place: { file: file.path },
      hint: 'Networks of one plane must have one architecture: the same "model" in the experiment.',
    },
  );
}
