import { readFile } from 'node:fs/promises';
import { appendLines, fileProblem, writeFileAtomic } from './files';

/** What a cell can hold. NaN and null are written as an empty cell, which pandas reads as NaN. */
export type Cell = string | number | null;

/** The whole rows of a table on disk. */
export interface CsvTable {
  columns: string[];
  /** Each as long as `columns`. */
  rows: string[][];
  /** Rows that are whole but have another number of cells than the header; they are left out of `rows`. */
  malformed: number;
  /** Whether something follows the last whole row: a row that was being written when its process died. */
  torn: boolean;
}

/** One row of comma-separated values (RFC 4180) without its newline. Numbers keep every digit that matters. */
export function csvRow(cells: readonly Cell[]): string {
  return cells.map(csvCell).join(',');
}

function csvCell(cell: Cell): string {
  if (cell === null || Number.isNaN(cell)) return '';
  if (typeof cell === 'number') return cell === Infinity ? 'inf' : cell === -Infinity ? '-inf' : String(cell);
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** The number in a cell: NaN for an empty one and for what is no number. */
export function csvNumber(cell: string | undefined): number {
  if (cell === undefined || cell === '') return NaN;
  if (cell === 'inf') return Infinity;
  return cell === '-inf' ? -Infinity : Number(cell);
}

/**
 * Appends rows to a table, creating it with its header when it is missing or empty. Rows reach the disk before the promise
 * resolves. Throws a Problem when the disk is full or the place cannot be written to; then no row of these is there.
 */
export async function appendRows(
  path: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  for (const row of rows) {
    if (row.length !== columns.length) throw new Error(`A row of ${row.length} cells for ${columns.length} columns`);
  }
  await appendLines(path, rows.map(csvRow), { header: csvRow(columns) });
}

/** The table in a file, or null when the file does not exist or has no whole header yet. A torn last row is left out. */
export async function readTable(path: string): Promise<CsvTable | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fileProblem(error, path);
  }
  return parseTable(text);
}

/** The table in a text, or null when there is no whole header. */
export function parseTable(text: string): CsvTable | null {
  const { rows, torn } = parseRows(text);
  const columns = rows.shift();
  if (columns === undefined) return null;
  const whole = rows.filter((row) => row.length === columns.length);
  return { columns, rows: whole, malformed: rows.length - whole.length, torn };
}

/**
 * Leaves only some rows in a table, and no torn one. The file is replaced as a whole, and only when that changes
 * something; a table without a whole header is removed down to an empty file, so that the next rows begin with one.
 *
 * @param keep gets each row's cells by column name.
 */
export async function cutTable(path: string, keep: (row: Record<string, string>) => boolean): Promise<void> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw fileProblem(error, path);
  }
  const table = parseTable(text);
  if (table === null) {
    if (text !== '') await writeFileAtomic(path, '');
    return;
  }
  const { columns } = table;
  const kept = table.rows.filter((row) =>
    keep(Object.fromEntries(columns.map((name, index) => [name, row[index] ?? '']))),
  );
  if (kept.length === table.rows.length && !table.torn && table.malformed === 0) return;
  await writeFileAtomic(path, [columns, ...kept].map((row) => `${csvRow(row)}\n`).join(''));
}

/** Rows that end in a newline outside quotes; whatever follows the last of them is torn. */
function parseRows(text: string): { rows: string[][]; torn: boolean } {
  const rows: string[][] = [];
  let row: string[] = [];
  let position = 0;
  while (position < text.length) {
    const cell = text[position] === '"' ? quotedCell(text, position) : plainCell(text, position);
    if (cell === null) return { rows, torn: true };
    row.push(cell.value);
    position = cell.end + 1;
    if (text[cell.end] === '\r') position += 1;
    if (text[cell.end] !== ',') {
      rows.push(row);
      row = [];
    }
  }
  return { rows, torn: row.length > 0 };
}

/** A cell's value, and where the comma or the line break after it stands; null when the text ends before that. */
type ParsedCell = { value: string; end: number } | null;

const cellEnd = /,|\r?\n/g;

function plainCell(text: string, start: number): ParsedCell {
  cellEnd.lastIndex = start;
  const match = cellEnd.exec(text);
  return match && { value: text.slice(start, match.index), end: match.index };
}

function quotedCell(text: string, start: number): ParsedCell {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return null;
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      // Anything between the closing quote and the next separator is not valid; it is kept rather than lost.
      const rest = plainCell(text, quote + 1);
      return rest && { value: value + rest.value, end: rest.end };
    }
    value += '"';
    from = quote + 2;
  }
}
