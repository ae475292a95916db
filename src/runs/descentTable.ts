import { type Cell, csvNumber, readTable } from './csv';
import { descentPaths } from './descentFrames';

/** What was measured of one image after so many steps under one loss. NaN where a quantity is undefined for the image. */
export interface DescentRow {
  /** Name of the loss that is descended. */
  descended: string;
  /** Steps taken: 0 is the network that it begins with. */
  step: number;
  /** The reported value of the loss that is descended. */
  loss: number;
  accuracy: number;
  iou: number;
  /** Mean softmax probability of the true class over the true background, and over the true foreground. */
  confidenceBackground: number;
  confidenceForeground: number;
}

/** Columns of `descent.csv`. */
export const descentColumns = [
  'descended',
  'step',
  'loss',
  'accuracy',
  'iou',
  'confidenceBackground',
  'confidenceForeground',
] as const satisfies (keyof DescentRow)[];

/** A row as the cells of `descent.csv`. */
export function descentCells(row: DescentRow): Cell[] {
  return descentColumns.map((name) => row[name]);
}

/** The whole rows of a descent's table, loss after loss, each from step 0; none when there is no such file yet. */
export async function readDescentRows(folder: string): Promise<DescentRow[]> {
  const table = await readTable(descentPaths(folder).table);
  if (table === null) return [];
  const { columns, rows } = table;
  return rows.map((row) => {
    const cell = (name: keyof DescentRow): string | undefined => row[columns.indexOf(name)];
    const numbers = Object.fromEntries(descentColumns.slice(1).map((name) => [name, csvNumber(cell(name))]));
    return { ...(numbers as Omit<DescentRow, 'descended'>), descended: cell('descended') ?? '' };
  });
}
