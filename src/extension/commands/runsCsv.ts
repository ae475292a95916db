import { type Cell, csvRow } from '../../runs/csv';
import type { MetricsSummary } from '../../runs/document';
import { metricNames } from '../../runs/metricsTable';
import type { RunRecord } from '../runs/runData';

const summaries = ['last', 'best'] as const;
const splits = ['test', 'train'] as const;

const columns = [
  'run',
  'name',
  'experiment',
  'loss',
  'status',
  'epochs',
  'epochsTotal',
  'started',
  'finished',
  'secondsTraining',
  'parameters',
  'seed',
  'accelerator',
  'starred',
  'tags',
  'note',
  ...summaries.flatMap((which) => [
    `${which}Epoch`,
    ...splits.flatMap((split) => metricNames.map((name) => `${which}/${split}/${name}`)),
  ]),
  'loss specification',
  'folder',
];

/**
 * The runs as a table: one row each, with the means over images at the last and at the best epoch. An empty cell where a
 * run has no value.
 */
export function runsCsv(records: readonly RunRecord[]): string {
  return [csvRow(columns), ...records.map((record) => csvRow(cells(record)))].map((row) => `${row}\n`).join('');
}

function cells({ entry, marks, folder }: RunRecord): Cell[] {
  const marked = (): Cell[] => [marks.star ? 1 : 0, marks.tags.join(' '), marks.note];
  if (!entry.ok) {
    const empty = new Array<Cell>(columns.length).fill(null);
    empty.splice(0, 5, entry.id, marks.title, null, null, 'unreadable');
    empty.splice(columns.indexOf('starred'), 3, ...marked());
    empty[columns.length - 1] = folder;
    return empty;
  }
  const { document, status } = entry;
  return [
    document.id,
    marks.title,
    document.experimentName,
    document.loss.label,
    status,
    document.epochsDone,
    document.epochsTotal,
    document.started,
    document.finished,
    document.secondsTraining,
    document.parameters,
    document.seed,
    `${document.accelerator.name} ${document.accelerator.provider}`,
    ...marked(),
    ...summaries.flatMap((which) => summaryCells(document[which])),
    JSON.stringify(document.loss.spec),
    folder,
  ];
}

function summaryCells(summary: MetricsSummary | null): Cell[] {
  return [
    summary?.epoch ?? null,
    ...splits.flatMap((split) => metricNames.map((name) => summary?.[split]?.[name] ?? null)),
  ];
}
