import { csvNumber } from '../../runs/csv';
import { NumberColumn } from './columns';
import type { RunSteps } from './runData';
import type { TableReader } from './tailedTable';

const fixed = ['step', 'epoch', 'loss', 'learningRate', 'seconds', 'imagesPerSecond'] as const;
const changePrefix = 'change/';

/** Gathers the rows of `steps.csv` by column. */
export class StepsSeries implements TableReader {
  private names: readonly string[] = [];
  private columns: NumberColumn[] = [];
  private result: RunSteps | null = null;

  reset(columns: readonly string[]): void {
    this.names = columns;
    this.columns = columns.map(() => new NumberColumn());
    this.result = null;
  }

  row(cells: readonly string[]): void {
    for (let index = 0; index < this.columns.length; index += 1) this.columns[index]!.push(csvNumber(cells[index]));
    this.result = null;
  }

  /** The steps so far. The same object as before when nothing has changed. */
  steps(): RunSteps {
    return (this.result ??= this.gather());
  }

  private gather(): RunSteps {
    const length = this.columns[0]?.length ?? 0;
    const column = (name: string): Float64Array => {
      const index = this.names.indexOf(name);
      return index < 0 ? new Float64Array(length).fill(NaN) : this.columns[index]!.view();
    };
    const parameters = this.names.flatMap((name) =>
      name.startsWith(changePrefix) ? [name.slice(changePrefix.length)] : [],
    );
    return {
      ...(Object.fromEntries(fixed.map((name) => [name, column(name)])) as Record<
        (typeof fixed)[number],
        Float64Array
      >),
      length,
      parameters,
      change: Object.fromEntries(parameters.map((name) => [name, column(changePrefix + name)])),
    };
  }
}
