import { stat } from 'node:fs/promises';
import { checkpointPath } from '../../../runs/layout';
import { Problem } from '../../../runs/problem';
import { checkpointEpochs } from '../../../runs/retention';
import { floatTensors, readSafetensors } from '../../../runs/safetensors';
import { unetParameters, type ParameterSpec } from '../../unet/unet';
import type { EpochReference } from '../protocol';
import { ByteCache } from './byteCache';
import type { InspectedRun } from './runs';

/** The weights of a checkpoint, with the epoch that they are really of. */
export interface Checkpoint {
  readonly epoch: number;
  /** In words, when it is not the one that was asked for. */
  readonly note: string | null;
  /** Row-major values of every parameter, by name. Not to be written to. */
  readonly weights: Readonly<Record<string, Float32Array>>;
  /** The same for the same weights: run, epoch and when the file was written. */
  readonly key: string;
}

/** Reads checkpoints, and keeps the last few in memory: at most `maxBytes`. */
export class Checkpoints {
  private readonly cache: ByteCache<Checkpoint['weights']>;

  constructor(maxBytes = 256 * 2 ** 20) {
    this.cache = new ByteCache(maxBytes);
  }

  /**
   * The checkpoint of an epoch. Where there is none, or its file is damaged, the nearest whole one and a note that says so.
   * @throws Problem when the run has no whole checkpoint at all.
   */
  async read(run: InspectedRun, wanted: EpochReference): Promise<Checkpoint> {
    const epochs = await checkpointEpochs(run.folder);
    const best = run.document.best?.epoch;
    const target = wanted === 'last' ? (epochs.at(-1) ?? 0) : wanted === 'best' ? (best ?? epochs.at(-1) ?? 0) : wanted;
    // Of two that are as near, the earlier: it cannot know more than the epoch that was asked for.
    const nearest = [...epochs].sort((a, b) => Math.abs(a - target) - Math.abs(b - target) || a - b);
    let damage: Problem | undefined;
    for (const epoch of nearest) {
      const file = checkpointPath(run.folder, epoch);
      try {
        const { weights, key } = await this.weights(file, unetParameters(run.experiment.model));
        return {
          epoch,
          weights,
          key,
          note: noteOf(wanted, { target, used: epoch, exists: epochs.includes(target), best }),
        };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        damage ??= error;
      }
    }
    throw (
      damage ??
      new Problem('the run has no checkpoint yet', {
        place: { file: run.folder },
        hint: 'Checkpoints are written as it trains: look again after its first epoch.',
      })
    );
  }

  private async weights(file: string, specs: readonly ParameterSpec[]): Promise<Pick<Checkpoint, 'weights' | 'key'>> {
    const { mtimeMs, size } = await stat(file).catch((error: Error) => {
      throw new Problem(`it cannot be read (${error.message})`, { place: { file }, cause: error });
    });
    const key = `${file}\0${mtimeMs}\0${size}`;
    const known = this.cache.get(key);
    if (known) return { weights: known, key };
    const weights = await readWeights(file, specs);
    this.cache.set(key, weights, size);
    return { weights, key };
  }
}

/** @throws Problem naming the file when it is damaged, or of another architecture than `specs`. */
async function readWeights(file: string, specs: readonly ParameterSpec[]): Promise<Checkpoint['weights']> {
  const { tensors } = await readSafetensors(file);
  const byName = new Map(floatTensors(tensors, file).map((tensor) => [tensor.name, tensor]));
  const entries = specs.map(({ name, shape }) => {
    const tensor = byName.get(name);
    if (tensor?.shape.join() === shape.join()) return [name, tensor.data] as const;
    throw new Problem(
      tensor
        ? `tensor "${name}" has the shape [${tensor.shape.join(', ')}], the run's network needs [${shape.join(', ')}]`
        : `there is no tensor "${name}"`,
      { place: { file }, hint: "It is not a checkpoint of this run's network." },
    );
  });
  return Object.fromEntries(entries);
}

function noteOf(
  wanted: EpochReference,
  { target, used, exists, best }: { target: number; used: number; exists: boolean; best: number | undefined },
): string | null {
  if (wanted === 'best' && best === undefined) return `The run has no best epoch yet: this is epoch ${used}.`;
  if (used === target) return null;
  const why = exists ? `The checkpoint of epoch ${target} is damaged` : `Epoch ${target} has no checkpoint`;
  return `${why}: this is epoch ${used}.`;
}
