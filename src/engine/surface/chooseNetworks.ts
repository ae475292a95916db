import { dirname } from 'node:path';
import { readRunDocument, type RunDocument } from '../../runs/document';
import { checkpointPath } from '../../runs/layout';
import { Problem } from '../../runs/problem';
import { checkpointEpochs } from '../../runs/retention';
import { floatTensors, readSafetensors } from '../../runs/safetensors';
import { listRuns } from '../../runs/scan';
import { lossLabel, lossName } from '../experiment/lossLabel';
import { lossSchema } from '../experiment/lossSchema';
import type { Experiment, LossSpec } from '../experiment/schema';
import type { ParameterSpec } from '../unet/unet';
import type { Weights } from './directions';
import type { PlanePoint } from './plane';

/** A run whose document could be read. */
export interface KnownRun {
  readonly folder: string;
  readonly document: RunDocument;
  readonly experiment: Experiment;
}

/** @throws Problem when the folder is no run, half-written or of a newer format. */
export async function readKnownRun(folder: string): Promise<KnownRun> {
  const read = await readRunDocument(folder);
  if (!read.ok) throw new Problem(`the run cannot be read: ${read.reason}`, { place: { file: folder } });
  return { folder, document: read.document, experiment: read.document.experiment as Experiment };
}

/** Which checkpoint of a run: of an epoch, the last one, or that of the best epoch. */
export type EpochChoice = number | 'last' | 'best';

/**
 * A checkpoint of a run with its weights.
 * @throws Problem that lists the epochs there are; or when the file is damaged or of another architecture than `specs`.
 */
export async function readNetwork(
  { folder, document }: KnownRun,
  choice: EpochChoice,
  specs: readonly ParameterSpec[],
): Promise<PlanePoint> {
  const epochs = await checkpointEpochs(folder);
  const epoch = choice === 'last' ? epochs.at(-1) : choice === 'best' ? document.best?.epoch : choice;
  if (epoch === undefined || !epochs.includes(epoch)) {
    const wanted = epoch === undefined ? (choice === 'best' ? 'best epoch yet' : 'checkpoint yet') : undefined;
    throw new Problem(
      `run ${document.id} has no ${wanted ?? (choice === 'best' ? `checkpoint of its best epoch, ${epoch}` : `checkpoint of epoch ${epoch}`)}`,
      {
        place: { file: folder },
        hint:
          epochs.length > 0
            ? `It has checkpoints of the epochs ${listed(epochs)}.`
            : 'Checkpoints are written as it trains.',
      },
    );
  }
  const file = checkpointPath(folder, epoch);
  const { tensors } = await readSafetensors(file);
  const byName = new Map(floatTensors(tensors, file).map((tensor) => [tensor.name, tensor]));
  const weights: Weights = Object.fromEntries(
    specs.map(({ name, shape }) => {
      const tensor = byName.get(name);
      if (tensor?.shape.join() === shape.join()) return [name, tensor.data];
      throw new Problem(
        tensor
          ? `tensor "${name}" has the shape [${tensor.shape.join(', ')}], not [${shape.join(', ')}]`
          : `there is no tensor "${name}"`,
        {
          place: { file },
          hint: 'Networks of one plane must have one architecture: the same "model" in the experiment.',
        },
      );
    }),
  );
  return { checkpoint: { run: document.id, epoch, loss: document.loss.label }, weights };
}

function listed(epochs: readonly number[]): string {
  if (epochs.length <= 12) return epochs.join(', ');
  return `${epochs.slice(0, 5).join(', ')}, … ${epochs.slice(-5).join(', ')}`;
}

/**
 * The losses of a run's experiment: its own first, then those of the other runs in the same folder whose experiment has the
 * same name, by age. (A run keeps its own loss only: the experiment file may have changed or moved since.) Of two losses of
 * one name the run's own counts, else the newest. With `names`, those only, in that order.
 * @throws Problem that lists the names there are.
 */
export async function lossesOfExperiment(run: KnownRun, names: readonly string[] | 'all'): Promise<LossSpec[]> {
  const { document, folder } = run;
  const own = lossSchema.safeParse(document.loss.spec);
  if (!own.success) {
    throw new Problem(`the loss of run ${document.id} is not one that this version knows`, { place: { file: folder } });
  }
  const known = new Map<string, LossSpec>([[lossName(own.data), own.data]]);
  const others: LossSpec[] = [];
  for (const entry of await listRuns(dirname(folder))) {
    if (!entry.ok || entry.document.experimentName !== document.experimentName) continue;
    const parsed = lossSchema.safeParse(entry.document.loss.spec);
    // Another version's loss cannot be computed here; the surface shows the ones that can.
    if (!parsed.success || known.has(lossName(parsed.data))) continue;
    known.set(lossName(parsed.data), parsed.data);
    others.unshift(parsed.data); // runs come newest first
  }
  const all = [own.data, ...others];
  if (names === 'all') return all;
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Problem(
      `no run of the experiment "${document.experimentName}" has a loss called "${unknown.join('", "')}"`,
      {
        hint: `There are: ${all.map((spec) => `${lossName(spec)} (${lossLabel(spec)})`).join(', ')}.`,
      },
    );
  }
  return [...new Set(names)].map((name) => known.get(name)!);
}
