import { positionOf } from '../kit/ranges';
import type { AxisRange } from '../kit/ranges';
import { tickText } from '../kit/format';
import { type Cell, csvText } from '../kit/csv';

/** A quantity of every layer over training: a row per layer, a column per step or epoch. */
export interface MatrixModel {
  readonly id: string;
  readonly title: string;
  readonly subtitle: string;
  /** Names of the rows, top to bottom. */
  readonly rows: readonly string[];
  /** What columns are: "step", "epoch". */
  readonly columnName: string;
  /** First and last step or epoch of each column. */
  readonly columns: readonly (readonly [first: number, last: number])[];
  /** [rows, columns]; NaN where there is no value. */
  readonly values: Float32Array;
  /** Name of the quantity, beside the colour bar. */
  readonly quantity: string;
  readonly scale: AxisRange;
  /** A value in words. */
  text(value: number): string;
}

/** Where a value lies on the colours of a scale, in [0,1]; NaN where it has no colour: below what a logarithm can show. */
export function colourShare(scale: AxisRange, value: number): number {
  if (!Number.isFinite(value) || (scale.type === 'log' && value <= 0)) return NaN;
  return Math.min(1, Math.max(0, positionOf(scale, value)));
}

/** The cell under a place of the plot, given as shares of its width and height; null outside. */
export function cellAt(model: MatrixModel, x: number, y: number): { row: number; column: number } | null {
  if (!(x >= 0 && x < 1 && y >= 0 && y < 1) || model.columns.length === 0) return null;
  return { row: Math.floor(y * model.rows.length), column: Math.floor(x * model.columns.length) };
}

/** A cell in a sentence. */
export function cellWords(model: MatrixModel, { row, column }: { row: number; column: number }): string {
  const [first, last] = model.columns[column]!;
  const at = first === last ? `${model.columnName} ${first}` : `${model.columnName}s ${first} to ${last}`;
  return `${model.rows[row]!}, ${at}: ${model.text(model.values[row * model.columns.length + column]!)}`;
}

/** The numbers as a file: a row per column of the map, whole and unrounded. */
export function matrixCsv(model: MatrixModel): string {
  const { columns, rows, values, columnName } = model;
  const spans = columns.some(([first, last]) => first !== last);
  const head = spans ? [`first_${columnName}`, `last_${columnName}`] : [columnName];
  return csvText(
    [...head, ...rows],
    columns.map(([first, last], column): Cell[] => [
      first,
      ...(spans ? [last] : []),
      ...rows.map((_, row) => values[row * columns.length + column]!),
    ]),
  );
}

/** The numbers as a table that can be read out: a row per layer, at most `most` of the columns, first and last among them. */
export function matrixTable(model: MatrixModel, most = 12): { columns: string[]; rows: string[][]; leftOut: number } {
  const { columns, values, rows } = model;
  const count = Math.min(most, columns.length);
  const shown = Array.from({ length: count }, (_, i) =>
    count === 1 ? 0 : Math.round((i * (columns.length - 1)) / (count - 1)),
  );
  return {
    columns: ['layer', ...shown.map((column) => `${model.columnName} ${columns[column]![0]}`)],
    rows: rows.map((name, row) => [name, ...shown.map((column) => model.text(values[row * columns.length + column]!))]),
    leftOut: columns.length - count,
  };
}

/** A number with three digits; a dash where there is none. */
export function threeDigits(value: number): string {
  return Number.isFinite(value) ? tickText(Number(value.toPrecision(3))) : '–';
}
