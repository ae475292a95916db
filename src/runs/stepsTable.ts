import { type Cell, csvNumber, readTable } from './csv';
import { runPaths } from './layout';

/** One row of `steps.csv`: one training step. */
export interface StepRow {
  /** Number of the step in the run. */
  step: number;
  epoch: number;
  loss: number;
  learningRate: number;
  /** Wall-clock seconds of the step. */
  seconds: number;
  imagesPerSecond: number;
  /** Sum of |weight change| by parameter tensor. The same tensors, in the same order, in every row of a run. */
  changes: Readonly<Record<string, number>>;
}

const fixedColumns = ['step', 'epoch', 'loss', 'learningRate', 'seconds', 'imagesPerSecond'] as const;

const changePrefix = 'change/';

/** Columns of `steps.csv` for a model with these parameter tensors. */
export function stepsColumns(parameters: readonly string[]): string[] {
  return [...fixedColumns, ...parameters.map((name) => `${changePrefix}${name}`)];
}

/** A row as the cells of `steps.csv`. Throws an Error when one of the parameter tensors is not in its changes. */
export function stepCells(row: StepRow, parameters: readonly string[]): Cell[] {
  const changes = parameters.map((name) => {
    const change = row.changes[name];
    if (change === undefined) throw new Error(`Step ${row.step} has no change of "${name}"`);
    return change;
  });
  return [...fixedColumns.map((name) => row[name]), ...changes];
}

/** The whole rows of a run's `steps.csv`, and the parameter tensors that its change columns are about. */
export async function readSteps(folder: string): Promise<{ parameters: string[]; rows: StepRow[] }> {
  const table = await readTable(runPaths(folder).steps);
  if (table === null) return { parameters: [], rows: [] };
  const { columns } = table;
  const parameters = columns
    .filter((name) => name.startsWith(changePrefix))
    .map((name) => name.slice(changePrefix.length));
  const position = new Map(columns.map((name, index) => [name, index]));
  const rows = table.rows.map((row) => {
    const number = (column: string) => csvNumber(row[position.get(column) ?? -1]);
    return {
      ...(Object.fromEntries(fixedColumns.map((name) => [name, number(name)])) as Omit<StepRow, 'changes'>),
      changes: Object.fromEntries(parameters.map((name) => [name, number(changePrefix + name)])),
    };
  });
  return { parameters, rows };
}
