import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendRows, csvNumber, csvRow, cutTable, parseTable, readTable } from '../../src/runs/csv';
import { firstOutput, killNow, startProgram, temporaryFolder } from './support';

describe('csvRow', () => {
  it('quotes what needs it and leaves NaN and null empty', () => {
    expect(csvRow([1, 'plain name', 'a,b', 'say "x"', 'two\nlines', NaN, null, Infinity, -Infinity])).toBe(
      '1,plain name,"a,b","say ""x""","two\nlines",,,inf,-inf',
    );
  });

  it('keeps every bit of a number', () => {
    for (const value of [1 / 3, Math.fround(0.1), 5e-324, -0.1, 1e21, 123456789012345680000, Infinity, -Infinity]) {
      expect(csvNumber(csvRow([value]))).toBe(value);
    }
    expect(csvNumber('')).toBeNaN();
    expect(csvNumber(undefined)).toBeNaN();
  });
});

describe('parseTable', () => {
  it('reads back what csvRow writes, whatever stands in the cells', () => {
    const cells = ['', 'a', 'a,b', '"', '""', 'x\ny', 'x\r\ny', ',', ' spaced ', 'ünïcode', '"quoted" rest'];
    const table = parseTable(`${csvRow(cells.map((_, index) => `c${index}`))}\n${csvRow(cells)}\n`);
    expect(table).toEqual({ columns: cells.map((_, index) => `c${index}`), rows: [cells], malformed: 0, torn: false });
  });

  it('reads files with the line ends of Windows', () => {
    expect(parseTable('a,b\r\n1,"2"\r\n')).toMatchObject({ columns: ['a', 'b'], rows: [['1', '2']], torn: false });
  });

  it('ignores a torn last row wherever it is torn', () => {
    const whole = 'epoch,image,loss\n1,a,0.5\n';
    const row = '2,"b, ""c""\nd",0.25\n';
    for (let length = 1; length < row.length; length += 1) {
      expect(parseTable(whole + row.slice(0, length))).toEqual({
        columns: ['epoch', 'image', 'loss'],
        rows: [['1', 'a', '0.5']],
        malformed: 0,
        torn: true,
      });
    }
    expect(parseTable(whole + row)?.rows[1]).toEqual(['2', 'b, "c"\nd', '0.25']);
  });

  it('has nothing to read in a torn header', () => {
    expect(parseTable('')).toBeNull();
    expect(parseTable('epoch,ima')).toBeNull();
  });

  it('leaves out rows of another length and says how many', () => {
    expect(parseTable('a,b\n1\n1,2\n1,2,3\n')).toMatchObject({ rows: [['1', '2']], malformed: 2 });
  });
});

describe('appendRows and readTable', () => {
  it('writes the header once', async () => {
    const file = join(temporaryFolder(), 'table.csv');
    expect(await readTable(file)).toBeNull();
    await appendRows(file, ['a', 'b'], [[1, 'x']]);
    await appendRows(file, ['a', 'b'], [[2, 'y']]);
    expect(readFileSync(file, 'utf8')).toBe('a,b\n1,x\n2,y\n');
    expect((await readTable(file))?.rows).toEqual([
      ['1', 'x'],
      ['2', 'y'],
    ]);
  });

  it('refuses a row of another length before it writes anything', async () => {
    const file = join(temporaryFolder(), 'table.csv');
    await expect(appendRows(file, ['a', 'b'], [[1, 2], [3]])).rejects.toThrow('A row of 1 cells for 2 columns');
    expect(await readTable(file)).toBeNull();
  });

  it('loses at most unfinished rows to a kill -9 in the middle of appending', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'table.csv');
    for (let round = 0; round < 3; round += 1) {
      const child = await startProgram(
        `import { appendRows } from './csv';
         async function main() {
           for (let i = 0; ; i += 1) {
             const rows = Array.from({ length: 2000 }, (_, k) => [i, k, 'image "' + k + '", left']);
             await appendRows(process.argv[2]!, ['batch', 'row', 'image'], rows);
             console.log(i);
           }
         }
         void main();`,
        [file],
      );
      let promised = -1;
      child.stdout?.on('data', (data: Buffer) => {
        promised = Math.max(promised, ...data.toString().trim().split('\n').map(Number));
      });
      await firstOutput(child);
      await new Promise((done) => setTimeout(done, 30 + 11 * round));
      await killNow(child);

      const table = await readTable(file);
      expect(table?.malformed).toBe(0);
      for (const [index, row] of (table?.rows ?? []).entries()) {
        expect(row).toEqual([row[0], String(index % 2000), `image "${index % 2000}", left`]);
      }
      expect(table?.rows.filter((row) => Number(row[0]) <= promised)).toHaveLength(2000 * (promised + 1));

      // What a resumed run does, and the next round goes on from.
      await cutTable(file, () => false);
      expect(readFileSync(file, 'utf8')).toBe('batch,row,image\n');
    }
  });
});

describe('cutTable', () => {
  const text = 'epoch,image,loss\n1,"a,b",0.1\n2,c,0.2\n3,d,0.3\n';

  it('keeps the chosen rows as they were', async () => {
    const file = join(temporaryFolder(), 'metrics.csv');
    writeFileSync(file, text);
    await cutTable(file, (row) => Number(row.epoch) <= 2 && row.image !== 'x');
    expect(readFileSync(file, 'utf8')).toBe('epoch,image,loss\n1,"a,b",0.1\n2,c,0.2\n');
  });

  it('cuts torn and malformed rows also when every row is kept', async () => {
    const file = join(temporaryFolder(), 'metrics.csv');
    writeFileSync(file, `${text}9\n4,e,0.`);
    await cutTable(file, () => true);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('empties a file that has no whole header, so that the next rows begin with one', async () => {
    const file = join(temporaryFolder(), 'metrics.csv');
    writeFileSync(file, 'epoch,ima');
    await cutTable(file, () => true);
    expect(readFileSync(file, 'utf8')).toBe('');
    await appendRows(file, ['epoch'], [[1]]);
    expect(readFileSync(file, 'utf8')).toBe('epoch\n1\n');
  });

  it('does nothing to a missing file', async () => {
    const file = join(temporaryFolder(), 'metrics.csv');
    await cutTable(file, () => true);
    expect(await readTable(file)).toBeNull();
  });
});
