import { resolve } from 'node:path';
import { type DescentEntry, listDescents } from '../../runs/descentDocument';
import type { EffectiveStatus } from '../../runs/document';
import { listRuns, type RunEntry } from '../../runs/scan';
import { duration } from '../report/words';
import { type Colours, type CommandIo, coloursFor, figure } from './io';
import { type Column, textTable } from './textTable';

const columns: readonly Column[] = [
  { title: 'run' },
  { title: 'loss' },
  { title: 'status' },
  { title: 'epoch', align: 'right' },
  { title: 'IoU', align: 'right' },
  { title: 'conf. foregr.', align: 'right' },
  { title: 'conf. backgr.', align: 'right' },
  { title: 'age', align: 'right' },
];

/**
 * `losscape runs [DIR]`: a table of the runs in a folder, newest first, with the means of their last evaluation on the
 * test images; descents on single images below it. With `json`: an array of what is known of each run.
 */
export async function runsCommand(
  { folder, json = false }: { folder: string; json?: boolean },
  io: CommandIo,
): Promise<number> {
  const runs = await listRuns(folder);
  if (json) {
    io.stdout.write(`${JSON.stringify(runs.map(asJson), null, 2)}\n`);
    return 0;
  }
  const descents = await listDescents(folder);
  if (runs.length === 0 && descents.length === 0) {
    io.stdout.write(`There are no runs in ${resolve(folder)}. Train something: losscape train FILE\n`);
    return 0;
  }
  const colours = coloursFor(io.stdout.isTTY ?? false);
  const readable = runs.filter((run) => run.ok);
  const rows = readable.map((run) => row(run, colours));
  const lines = readable.length > 0 ? textTable(columns, rows, colours.dim) : [];
  if (readable.some(({ document }) => document.last && !document.last.test)) {
    lines.push(colours.dim('* on the training images: the run has no test split'));
  }
  for (const run of runs) {
    if (!run.ok) lines.push(colours.yellow(`${run.id}: cannot be read, ${run.reason}`));
  }
  if (descents.length > 0) lines.push(colours.bold('Descents on one image'));
  lines.push(...descents.map((descent) => `${descent.id}: ${descentInWords(descent, colours)}`));
  io.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return 0;
}

function descentInWords(descent: DescentEntry, colours: Colours): string {
  if (!descent.ok) return colours.yellow(`cannot be read, ${descent.reason}`);
  const { image, checkpoint, losses, stepsDone, stepsTotal } = descent.document;
  return (
    `${image.name} from epoch ${checkpoint.epoch} of ${checkpoint.run}, ${losses.length} loss${losses.length === 1 ? '' : 'es'}, ` +
    `${statusInColour(descent.status, colours)}, ${stepsDone}/${stepsTotal} steps`
  );
}

/** A status in its colour. */
export function statusInColour(status: EffectiveStatus, colours: Colours): string {
  const colour = {
    queued: colours.dim,
    running: colours.cyan,
    finished: colours.green,
    stopped: colours.yellow,
    interrupted: colours.yellow,
    failed: colours.red,
  }[status];
  return colour(status);
}

function row({ document, status }: Extract<RunEntry, { ok: true }>, colours: Colours): string[] {
  const { epochsDone, epochsTotal, last, loss, started, id, dataset } = document;
  const means = last?.test ?? last?.train;
  const mark = last && !last.test ? '*' : '';
  return [
    id,
    `${loss.label}${dataset.synthetic ? colours.dim(' (synthetic data)') : ''}`,
    statusInColour(status, colours),
    `${epochsDone}/${epochsTotal}`,
    `${figure(means?.iou)}${mark}`,
    figure(means?.confidenceForeground),
    figure(means?.confidenceBackground),
    duration((Date.now() - Date.parse(started)) / 1000),
  ];
}

function asJson(run: RunEntry): object {
  const { id, folder } = run;
  return run.ok ? { id, folder, status: run.status, document: run.document } : { id, folder, unreadable: run.reason };
}
