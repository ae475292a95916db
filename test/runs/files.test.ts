import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendLines, namesIn, removeTemporaries, temporaryPath, writeFileAtomic } from '../../src/runs/files';
import { Problem } from '../../src/runs/problem';
import { firstOutput, killNow, startProgram, temporaryFolder, tinyDisk } from './support';

describe('writeFileAtomic', () => {
  it('writes texts, bytes and streams of bytes, and replaces what was there', async () => {
    const file = join(temporaryFolder(), 'file');
    await writeFileAtomic(file, 'héllo');
    expect(readFileSync(file, 'utf8')).toBe('héllo');
    await writeFileAtomic(file, Uint8Array.of(1, 2));
    expect([...readFileSync(file)]).toEqual([1, 2]);
    await writeFileAtomic(
      file,
      (function* () {
        yield Uint8Array.of(3);
        yield new Uint8Array(0);
        yield Uint8Array.of(4, 5);
      })(),
    );
    expect([...readFileSync(file)]).toEqual([3, 4, 5]);
    expect(readdirSync(join(file, '..'))).toEqual(['file']);
  });

  it('keeps the old content and no temporary file when the content fails half-way', async () => {
    const file = join(temporaryFolder(), 'file');
    await writeFileAtomic(file, 'old');
    const failing = (function* () {
      yield Buffer.from('new');
      throw new Error('no more');
    })();
    await expect(writeFileAtomic(file, failing)).rejects.toThrow('no more');
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(join(file, '..'))).toEqual(['file']);
  });

  it('says that the disk is full, and leaves the old content and no temporary file', async ({ skip }) => {
    const disk = tinyDisk('size=64k');
    if (disk === null) return skip();
    const file = join(disk, 'weights');
    await writeFileAtomic(file, 'old');
    const error = await writeFileAtomic(file, new Uint8Array(200_000)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ message: 'the disk is full', exitCode: 1, place: { file } });
    expect((error as Problem).hint).toContain('--resume');
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(disk)).toEqual(['weights']);
  });

  it('says that a file system is read-only', async ({ skip }) => {
    const disk = tinyDisk('ro');
    if (disk === null) return skip();
    await expect(writeFileAtomic(join(disk, 'x'), '')).rejects.toMatchObject({
      message: 'the file system is read-only',
      exitCode: 1,
    });
  });

  it('says that a file is where a folder should be', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    await expect(writeFileAtomic(join(folder, 'file', 'x'), '')).rejects.toBeInstanceOf(Problem);
  });

  it('shows readers and a kill -9 either the old or the new content, never a part', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'state');
    const child = await startProgram(
      `import { writeFileAtomic } from './files';
       async function main() {
         for (let i = 0; ; i += 1) {
           await writeFileAtomic(process.argv[2]!, new Uint8Array(300_000).fill(i % 256));
           if (i === 0) console.log('started');
         }
       }
       void main();`,
      [file],
    );
    await firstOutput(child);
    for (let look = 0; look < 50; look += 1) expectUniform(readFileSync(file));
    await new Promise((done) => setTimeout(done, 40));
    await killNow(child);
    expectUniform(readFileSync(file));
    await removeTemporaries(folder);
    expect(readdirSync(folder)).toEqual(['state']);
  });
});

function expectUniform(bytes: Buffer): void {
  expect(bytes.length).toBe(300_000);
  expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
}

describe('removeTemporaries', () => {
  it('removes what killed writes left and nothing else', async () => {
    const folder = temporaryFolder();
    writeFileSync(temporaryPath(join(folder, 'run.json')), 'half');
    for (const name of ['run.json', '.hidden', 'x.tmp', '.gitignore']) writeFileSync(join(folder, name), '');
    await removeTemporaries(folder);
    expect(readdirSync(folder).sort()).toEqual(['.gitignore', '.hidden', 'run.json', 'x.tmp']);
    await removeTemporaries(join(folder, 'missing'));
  });
});

describe('appendLines', () => {
  it('creates the file, adds to it, and writes a header once', async () => {
    const file = join(temporaryFolder(), 'log.txt');
    await appendLines(file, [], { header: 'h' });
    expect(existsSync(file)).toBe(false);
    await appendLines(file, ['a', 'b'], { header: 'h' });
    await appendLines(file, ['c'], { header: 'h', sync: false });
    expect(readFileSync(file, 'utf8')).toBe('h\na\nb\nc\n');
  });

  it.each([
    ['whole\nto', 'whole\nnew\n'],
    ['torn header', 'h\nnew\n'],
    [`whole\n${'x'.repeat(200_000)}`, 'whole\nnew\n'],
    [`${'x'.repeat(150_000)}`, 'h\nnew\n'],
    ['', 'h\nnew\n'],
  ])('cuts a torn last line before it appends (%#)', async (before, after) => {
    const file = join(temporaryFolder(), 'log.txt');
    writeFileSync(file, before);
    await appendLines(file, ['new'], { header: 'h' });
    expect(readFileSync(file, 'utf8')).toBe(after);
  });

  it('leaves no part of the lines behind when the disk fills up', async ({ skip }) => {
    const disk = tinyDisk('size=16k');
    if (disk === null) return skip();
    const file = join(disk, 'steps.csv');
    await appendLines(file, ['first']);
    const error = await appendLines(file, ['x'.repeat(10_000), 'y'.repeat(10_000)]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'the disk is full', exitCode: 1, place: { file } });
    expect(readFileSync(file, 'utf8')).toBe('first\n');
    await appendLines(file, ['second']);
    expect(readFileSync(file, 'utf8')).toBe('first\nsecond\n');
  });

  it.skipIf(!existsSync('/dev/full'))('reports a full disk also where nothing can be taken back', async () => {
    await expect(appendLines('/dev/full', ['line'])).rejects.toMatchObject({ message: 'the disk is full' });
  });
});

describe('namesIn', () => {
  it('gives none for a folder that does not exist and a Problem for what is no folder', async () => {
    const folder = temporaryFolder();
    expect(await namesIn(join(folder, 'missing'))).toEqual([]);
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'b'), '');
    expect((await namesIn(folder)).sort()).toEqual(['a', 'b']);
    await expect(namesIn(join(folder, 'b'))).rejects.toBeInstanceOf(Problem);
  });
});
