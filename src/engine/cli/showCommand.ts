import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNames } from '../../runs/layout';
import { namesIn } from '../../runs/files';
import { metricNames } from '../../runs/metricsTable';
import { Problem } from '../../runs/problem';
import { readRun, resolveRun, type RunEntry } from '../../runs/scan';
import { facts } from '../report/facts';
import { duration } from '../report/words';
import { showDescent } from './showDescent';
import { type Colours, type CommandIo, coloursFor, figure, lossFigure } from './io';
import { statusInColour } from './runsCommand';
import { textTable } from './textTable';

type ReadableRun = Extract<RunEntry, { ok: true }>;

const inWords: Partial<Record<(typeof metricNames)[number], string>> = {
  iou: 'IoU',
  dice: 'Dice',
  confidenceBackground: 'confidence, background',
  confidenceForeground: 'confidence, foreground',
  areaRatioBackground: 'area ratio, background',
  areaRatioForeground: 'area ratio, foreground',
  ece: 'ECE',
  eceTopLabel: 'ECE, top label',
  eceForeground: 'ECE, foreground',
  eceBoundary: 'ECE, boundary',
  nll: 'NLL (nats)',
  brier: 'Brier score',
  boundaryIou: 'boundary IoU',
  hd95: 'HD95 (pixels)',
  assd: 'ASSD (pixels)',
};

/**
 * `losscape show RUN`: everything about one run. `run` is a path, a folder's name or a part of it that only one run in
 * `runsFolder` has.
 */
export async function showCommand(
  { run, runsFolder, json = false }: { run: string; runsFolder: string; json?: boolean },
  io: CommandIo,
): Promise<number> {
  const entry = await readRun(await resolveRun(run, runsFolder));
  if (!entry.ok && entry.kind === 'descent') return showDescent({ folder: entry.folder, json }, io);
  if (!entry.ok) throw new Problem(`the run cannot be read: ${entry.reason}`, { place: { file: entry.folder } });
  const files = await contents(entry.folder);
  if (json) {
    const { id, folder, status, document } = entry;
    io.stdout.write(`${JSON.stringify({ id, folder, status, document, files }, null, 2)}\n`);
    return 0;
  }
  const colours = coloursFor(io.stdout.isTTY ?? false);
  const sections = [
    head(entry, colours),
    pairs(general(entry), colours),
    metrics(entry, colours),
    pairs(
      files.map(({ name, count }) => [name, count]),
      colours,
    ),
    wayOut(entry, colours),
  ];
  io.stdout.write(
    `${sections
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n')}\n`,
  );
  return 0;
}

function head({ document, status, folder }: ReadableRun, colours: Colours): string[] {
  const synthetic = document.dataset.synthetic ? `  ${colours.yellow('synthetic data')}` : '';
  return [`${colours.bold(document.loss.label)}  ${statusInColour(status, colours)}${synthetic}`, colours.dim(folder)];
}

function general({ document }: ReadableRun): [string, string][] {
  const { epochsDone, epochsTotal, stepsDone, started, finished, resumedFrom, host, pid } = document;
  return [
    ['Experiment', `${document.experimentName}${document.experimentFile ? ` (${document.experimentFile})` : ''}`],
    ['Loss', JSON.stringify(document.loss.spec)],
    ['Epochs', `${epochsDone} of ${epochsTotal}, ${stepsDone} steps`],
    ['Started', `${time(started)}, ${duration((Date.now() - Date.parse(started)) / 1000)} ago`],
    ...(finished ? [['Ended', time(finished)] as [string, string]] : []),
    ...(resumedFrom.length > 0 ? [['Resumed', `after epoch ${resumedFrom.join(', ')}`] as [string, string]] : []),
    ...facts([{ document }]).map(({ term, values }): [string, string] => [term, values[0] ?? '']),
    ['Process', `${pid} on ${host}`],
  ];
}

function metrics({ document: { last, best } }: ReadableRun, colours: Colours): string[] {
  const summaries = [
    ...(last ? [{ name: 'last', summary: last }] : []),
    ...(best ? [{ name: 'best', summary: best }] : []),
  ];
  const columns = summaries.flatMap(({ name, summary }) =>
    (['train', 'test'] as const).flatMap((split) => {
      const means = summary[split];
      return means ? [{ title: `${name} (${summary.epoch}) ${split}`, means }] : [];
    }),
  );
  if (columns.length === 0) return [];
  const rows = metricNames
    .filter((name) => columns.some(({ means }) => typeof means[name] === 'number'))
    .map((name) => [
      inWords[name] ?? name,
      ...columns.map(({ means }) => (name === 'loss' ? lossFigure(means[name]) : figure(means[name], 4))),
    ]);
  return textTable(
    [{ title: 'mean over images' }, ...columns.map(({ title }) => ({ title, align: 'right' as const }))],
    rows,
    colours.dim,
  );
}

/** What is in the folder, in numbers of files. */
async function contents(folder: string): Promise<{ name: string; count: string }[]> {
  const checkpoints = (await namesIn(join(folder, fileNames.checkpoints))).filter((name) => /^epoch-\d+/.test(name));
  const predictions = (await namesIn(join(folder, fileNames.predictions))).filter((name) => /^epoch-\d+/.test(name));
  const surfaces = await namesIn(join(folder, 'surfaces'));
  const tables = (await readdir(folder)).filter((name) => name.endsWith('.csv')).sort();
  return [
    { name: 'Tables', count: tables.join(', ') || 'none yet' },
    { name: 'Checkpoints', count: span(checkpoints) },
    { name: 'Predictions', count: span(predictions) },
    ...(surfaces.length > 0 ? [{ name: 'Surfaces', count: surfaces.sort().join(', ') }] : []),
  ];
}

function span(names: string[]): string {
  const epochs = names.map((name) => Number(/\d+/.exec(name)![0])).sort((a, b) => a - b);
  if (epochs.length === 0) return 'none yet';
  return epochs.length === 1 ? `epoch ${epochs[0]}` : `${epochs.length}, epoch ${epochs[0]} to ${epochs.at(-1)}`;
}

/** What went wrong, and how to go on. */
function wayOut({ document, status }: ReadableRun, colours: Colours): string[] {
  const lines: string[] = [];
  if (document.error) {
    const { message, hint } = document.error;
    lines.push(colours.red(`Failed: ${message}`), ...(hint ? [hint] : []));
  }
  if (status === 'interrupted') lines.push('The process of this run is gone before it could end it.');
  if (status === 'interrupted' || status === 'stopped') {
    const file = document.experimentFile ?? 'FILE';
    lines.push(`Go on with: losscape train ${file} --resume ${document.id}`);
  }
  return lines;
}

function pairs(entries: readonly (readonly [string, string])[], colours: Colours): string[] {
  const longest = Math.max(...entries.map(([term]) => term.length));
  return entries.map(([term, value]) => `${colours.dim(term.padEnd(longest))}  ${value}`);
}

function time(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
