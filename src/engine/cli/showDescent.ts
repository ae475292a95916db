import { readDescent } from '../../runs/descentDocument';
import { frameSteps } from '../../runs/descentFrames';
import { type DescentRow, readDescentRows } from '../../runs/descentTable';
import { Problem } from '../../runs/problem';
import { duration } from '../report/words';
import { type CommandIo, coloursFor, figure, lossFigure } from './io';
import { statusInColour } from './runsCommand';
import { textTable } from './textTable';

/** `losscape show` of a descent: from which network, on which image, and what each loss has made of it so far. */
export async function showDescent({ folder, json }: { folder: string; json: boolean }, io: CommandIo): Promise<number> {
  const entry = await readDescent(folder);
  if (!entry.ok) throw new Problem(`the descent cannot be read: ${entry.reason}`, { place: { file: folder } });
  const { id, document, status } = entry;
  const rows = await readDescentRows(folder);
  const losses = await Promise.all(
    document.losses.map(async ({ name, label, folder: frames }) => {
      const own = rows.filter(({ descended }) => descended === name);
      return { name, label, first: own[0], last: own.at(-1), frames: (await frameSteps(folder, frames)).length };
    }),
  );
  if (json) {
    io.stdout.write(`${JSON.stringify({ id, folder, status, document, losses }, null, 2)}\n`);
    return 0;
  }
  const colours = coloursFor(io.stdout.isTTY ?? false);
  const { image, checkpoint, steps, stepsDone, stepsTotal, secondsDescending, optimizer, error } = document;
  const change = (of: (typeof losses)[number], value: (row: DescentRow) => string): string =>
    of.first && of.last ? `${value(of.first)} → ${value(of.last)}` : '–';
  const table = textTable(
    [
      { title: 'loss' },
      { title: 'steps', align: 'right' },
      { title: 'value', align: 'right' },
      { title: 'IoU', align: 'right' },
      { title: 'conf. foregr.', align: 'right' },
      { title: 'conf. backgr.', align: 'right' },
      { title: 'frames', align: 'right' },
    ],
    losses.map((of) => [
      of.label,
      `${of.last?.step ?? 0}/${steps}`,
      change(of, ({ loss }) => lossFigure(loss)),
      change(of, ({ iou }) => figure(iou)),
      change(of, ({ confidenceForeground }) => figure(confidenceForeground)),
      change(of, ({ confidenceBackground }) => figure(confidenceBackground)),
      String(of.frames),
    ]),
    colours.dim,
  );
  const lines = [
    `${colours.bold(`Descent on ${image.split} image ${image.name}`)}  ${statusInColour(status, colours)}` +
      (image.synthetic ? `  ${colours.yellow('synthetic data')}` : ''),
    colours.dim(folder),
    '',
    `From epoch ${checkpoint.epoch} of ${checkpoint.run} (${checkpoint.loss})`,
    `${stepsDone} of ${stepsTotal} steps of ${optimizer.learningRate} in ${duration(secondsDescending)}`,
    '',
    ...table,
    ...(error ? ['', colours.red(error.message), ...(error.hint ? [`  ${error.hint}`] : [])] : []),
    ...(status === 'stopped' || status === 'interrupted' || status === 'failed'
      ? ['', `Go on: losscape descend --resume ${folder}`]
      : []),
  ];
  io.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return 0;
}
