import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type TableReader, TailedTable } from '../../../src/extension/runs/tailedTable';
import { temporaryFolder } from './support';

class Rows implements TableReader {
  columns: readonly string[] = [];
  rows: (readonly string[])[] = [];
  resets = 0;
  reset(columns: readonly string[]): void {
    this.columns = columns;
    this.rows = [];
    this.resets += 1;
  }
  row(cells: readonly string[]): void {
    this.rows.push(cells);
  }
}

function table(): { path: string; rows: Rows; table: TailedTable } {
  const path = join(temporaryFolder(), 'metrics.csv');
  const rows = new Rows();
  return { path, rows, table: new TailedTable(path, rows) };
}

test('a table that is not there is empty, and is read when it appears', async () => {
  const { path, rows, table: tail } = table();
  expect(await tail.read()).toBe(false);
  writeFileSync(path, 'a,b\n1,2\n');
  expect(await tail.read()).toBe(true);
  expect(rows.columns).toEqual(['a', 'b']);
  expect(rows.rows).toEqual([['1', '2']]);
});

test('only what was appended is handed on, and a torn row waits until it is whole', async () => {
  const { path, rows, table: tail } = table();
  writeFileSync(path, 'a,b\n1,2\n3');
  await tail.read();
  appendFileSync(path, ',4\n5,6\n7,');
  expect(await tail.read()).toBe(true);
  expect(rows.rows).toEqual([
    ['1', '2'],
    ['3', '4'],
    ['5', '6'],
  ]);
  expect(rows.resets).toBe(1);
  expect(await tail.read()).toBe(false);
});

test('quoted cells may hold commas, quotes and newlines, also where a piece ends inside one', async () => {
  const { path, rows, table: tail } = table();
  writeFileSync(path, 'a,b\n"x, ""y""","line one\n');
  await tail.read();
  expect(rows.rows).toEqual([]);
  appendFileSync(path, 'line two"\nplain,é\n');
  await tail.read();
  expect(rows.rows).toEqual([
    ['x, "y"', 'line one\nline two'],
    ['plain', 'é'],
  ]);
});

test('a character of several bytes that is cut in two comes out whole', async () => {
  const { path, rows, table: tail } = table();
  const bytes = Buffer.from('a\nγ\n');
  writeFileSync(path, bytes.subarray(0, 3));
  await tail.read();
  appendFileSync(path, bytes.subarray(3));
  await tail.read();
  expect(rows.rows).toEqual([['γ']]);
});

test('a table that is replaced, as by a resumed run, is read from its beginning', async () => {
  const { path, rows, table: tail } = table();
  writeFileSync(path, 'a\n1\n2\n3\n');
  await tail.read();
  writeFileSync(`${path}.tmp`, 'a\n1\n9\n8\n7\n');
  renameSync(`${path}.tmp`, path);
  await tail.read();
  expect(rows.rows).toEqual([['1'], ['9'], ['8'], ['7']]);
});

test('a table that is cut off or deleted is forgotten', async () => {
  const { path, rows, table: tail } = table();
  writeFileSync(path, 'a\n1\n2\n');
  await tail.read();
  writeFileSync(path, 'a\n1\n');
  await tail.read();
  expect(rows.rows).toEqual([['1']]);
  rmSync(path);
  expect(await tail.read()).toBe(true);
  expect(rows.rows).toEqual([]);
});

test('Windows line ends and rows of the wrong length', async () => {
  const { path, rows, table: tail } = table();
  writeFileSync(path, 'a,b\r\n1,2\r\n3\r\n4,5\r\n');
  await tail.read();
  expect(rows.columns).toEqual(['a', 'b']);
  expect(rows.rows).toEqual([
    ['1', '2'],
    ['4', '5'],
  ]);
});

test('a table larger than one piece', async () => {
  const { path, rows, table: tail } = table();
  const lines = Array.from({ length: 200_000 }, (_, index) => `${index},${index * 2}`);
  writeFileSync(path, `a,b\n${lines.join('\n')}\n`);
  await tail.read();
  expect(rows.rows.length).toBe(200_000);
  expect(rows.rows[199_999]).toEqual(['199999', '399998']);
});
