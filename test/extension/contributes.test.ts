import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { Problem } from '../../src/runs/problem';

const root = resolve(import.meta.dirname, '../..');
const text = (file: string): string => readFileSync(join(root, file), 'utf8');

interface Manifest {
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, { command: string }[]>;
    keybindings: { command: string }[];
    configuration: { properties: Record<string, unknown> };
    problemMatchers: Matcher[];
  };
}

const manifest = JSON.parse(text('package.json')) as Manifest;
const strings = JSON.parse(text('package.nls.json')) as Record<string, string>;
const { contributes } = manifest;

/** Source of the extension's host. */
function sources(folder = join(root, 'src/extension')): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

test('every command that is contributed is registered, and every one in a menu is contributed', () => {
  const code = sources();
  const ids = contributes.commands.map(({ command }) => command);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(code, id).toContain(`'${id}'`);
  for (const [menu, items] of Object.entries(contributes.menus)) {
    for (const { command } of items) expect(ids, menu).toContain(command);
  }
  for (const { command } of contributes.keybindings) expect(ids).toContain(command);
  const mentioned = [...JSON.stringify(strings).matchAll(/\(command:(losscape\.[\w.]+)/g)].map(([, id]) => id!);
  for (const id of mentioned) expect([...ids, 'losscape.runs.focus'], id).toContain(id);
});

test('every text is there, and every text is used', () => {
  const used = [...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key!);
  expect([...new Set(used)].sort()).toEqual(Object.keys(strings).sort());
});

test('titles are in sentence case and carry the category', () => {
  for (const { command, title, category } of contributes.commands) {
    expect(category, command).toBe('Losscape');
    const words = strings[title.slice(1, -1)]!.split(' ').slice(1);
    for (const word of words) expect(word, command).toMatch(/^(U-Net|CSV…?|[^A-Z].*)$/);
  }
});

test('every file that is named is there', () => {
  const files = [...JSON.stringify(manifest).matchAll(/"(?:\.\/)?(media\/[^"]+)"/g)].map(([, file]) => file!);
  expect(files.length).toBeGreaterThan(8);
  for (const file of files) expect(existsSync(join(root, file)), file).toBe(true);
});

test('every setting that the code reads is contributed', () => {
  const keys = Object.keys(contributes.configuration.properties).map((key) => key.replace('losscape.', ''));
  const read = [...sources().matchAll(/getConfiguration\('losscape'[^)]*\)\s*\.get(?:<[^>]*>)?\('(\w+)'/g)];
  expect(read.length).toBeGreaterThan(3);
  for (const [, key] of read) expect(keys).toContain(key);
});

interface Matcher {
  name: string;
  pattern: { regexp: string; file: number; line?: number; column?: number; message: number };
  background?: { beginsPattern: string; endsPattern: string };
}

/** What a problem matcher makes of the lines of a terminal. */
function matched(name: string, lines: string): (string | undefined)[] | null {
  const { pattern } = contributes.problemMatchers.find((matcher) => matcher.name === name)!;
  for (const line of lines.split('\n')) {
    const match = new RegExp(pattern.regexp).exec(line);
    if (match)
      return [pattern.file, pattern.line, pattern.column, pattern.message].map(
        (group) => group && match[group],
      ) as string[];
  }
  return null;
}

const printed = (problem: Problem): string => `error ${problem.describe()}`;

test('the problem matcher reads what the engine prints', () => {
  for (const file of ['/data/my disc.losscape.json', 'C:\\data\\disc.losscape.json', 'disc.losscape.json']) {
    const place = { file, line: 12, column: 5 };
    const problem = new Problem('gamma: must be at least 0', { place, hint: 'Try 2: it is the usual one.' });
    expect(matched('losscape', printed(problem))).toEqual([file, '12', '5', 'gamma: must be at least 0']);
    expect(matched('losscape-file', printed(problem))).toBeNull();
    const whole = new Problem('this folder does not exist', { place: { file } });
    expect(matched('losscape', printed(whole))).toBeNull();
    expect(matched('losscape-file', printed(whole))?.filter(Boolean)).toEqual([file, 'this folder does not exist']);
  }
  const nowhere = new Problem('which experiment? Name its file: losscape train FILE');
  expect(matched('losscape', printed(nowhere))).toBeNull();
});

test('the background patterns see a training begin and end', () => {
  const { background } = contributes.problemMatchers[0]!;
  const begins = new RegExp(background!.beginsPattern);
  const ends = new RegExp(background!.endsPattern);
  const say = 'under focal γ=2: 45 training and 9 test images, 7,760,130 parameters';
  expect(begins.test(`Training disc ${say}`)).toBe(true);
  expect(begins.test(`Going on with disc ${say}`)).toBe(true);
  for (const status of ['finished', 'stopped', 'failed']) {
    expect(ends.test(`focal γ=2  ${status} after 50 of 50 epochs, 12 min`)).toBe(true);
  }
  expect(ends.test('error a.losscape.json:1:1: x')).toBe(true);
  expect(ends.test('focal γ=2  epoch 3/50  loss 0.1  8.0 images/s  3 min left')).toBe(false);
});
