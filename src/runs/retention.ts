import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { epochOf, runPaths } from './layout';
import { namesIn } from './files';

/** Which checkpoints stay: all of them; the last and the best; or every n-th besides the last and the best. */
export type RetentionPolicy = 'all' | 'lastAndBest' | { every: number };

/** Epochs that have a checkpoint, ascending. */
export async function checkpointEpochs(folder: string): Promise<number[]> {
  const names = await namesIn(runPaths(folder).checkpoints);
  return names
    .filter((name) => name.endsWith('.safetensors'))
    .flatMap((name) => epochOf(name) ?? [])
    .sort((a, b) => a - b);
}

/** Of the epochs that have a checkpoint (ascending), those whose checkpoint a policy gives up. */
export function epochsToDrop(epochs: readonly number[], policy: RetentionPolicy, bestEpoch: number | null): number[] {
  if (policy === 'all') return [];
  const last = epochs.at(-1);
  return epochs.filter(
    (epoch) => epoch !== last && epoch !== bestEpoch && (policy === 'lastAndBest' || epoch % policy.every !== 0),
  );
}

/** Removes whatever of a folder's content belongs to an epoch after the given one: checkpoint files, prediction folders. */
export async function removeLaterEpochs(folder: string, epoch: number): Promise<void> {
  for (const name of await namesIn(folder)) {
    if ((epochOf(name) ?? -1) > epoch) await rm(join(folder, name), { recursive: true, force: true });
  }
}
