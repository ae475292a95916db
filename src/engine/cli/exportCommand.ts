import { resolve } from 'node:path';
import { readRunDocument } from '../../runs/document';
import { writeFileAtomic } from '../../runs/files';
import { checkpointPath } from '../../runs/layout';
import { Problem } from '../../runs/problem';
import { floatTensors, readSafetensors } from '../../runs/safetensors';
import { resolveRun } from '../../runs/scan';
import { checkpointEpochs } from '../../runs/retention';
import { exportModel } from '../compile/exportModel';
import { unetGeometry } from '../data/geometry';
import type { Experiment } from '../experiment/schema';
import type { CommandIo } from './io';

export interface ExportArguments {
  readonly run: string;
  readonly runsFolder: string;
  readonly onnx: string;
  /** Epoch of the checkpoint; the best one when left out. */
  readonly epoch?: number | undefined;
  /** Height and width of the images that the model shall take. */
  readonly size?: readonly [number, number] | undefined;
}

/** `losscape export RUN --onnx FILE`: a checkpoint as an ONNX model with its weights inside. */
export async function exportCommand(args: ExportArguments, io: CommandIo): Promise<number> {
  const folder = await resolveRun(args.run, args.runsFolder);
  const read = await readRunDocument(folder);
  if (!read.ok) throw new Problem(`the run cannot be exported: ${read.reason}`, { place: { file: folder } });
  const { document } = read;
  const { model, input } = document.experiment as Experiment;
  const epochs = await checkpointEpochs(folder);
  const epoch = args.epoch ?? (epochs.includes(document.best?.epoch ?? -1) ? document.best!.epoch : epochs.at(-1));
  if (epoch === undefined || !epochs.includes(epoch)) {
    throw new Problem(
      epoch === undefined ? 'the run has no checkpoint yet' : `the run has no checkpoint of epoch ${epoch}`,
      {
        place: { file: folder },
        hint:
          epochs.length > 0 ? `There are checkpoints of epochs ${epochs.join(', ')}.` : 'Train it for an epoch first.',
      },
    );
  }
  const file = checkpointPath(folder, epoch);
  const { tensors } = await readSafetensors(file);
  const crop = input.crop === 'auto' ? ([256, 256] as const) : input.crop;
  const { tile, output } = unetGeometry(model, args.size ?? crop);
  const bytes = await exportModel(model, floatTensors(tensors, file), tile, {
    run: document.id,
    loss: document.loss.label,
    epoch,
    experiment: document.experimentName,
  });
  const out = resolve(args.onnx);
  await writeFileAtomic(out, bytes);
  io.stdout.write(
    `${out}\n  ${document.loss.label}, epoch ${epoch}; images [1, ${model.channels}, ${tile.join(', ')}] in [0, 1] -> ` +
      `logits [1, ${model.classes}, ${output.join(', ')}]\n`,
  );
  return 0;
}
