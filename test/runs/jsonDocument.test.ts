import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readJsonDocument } from '../../src/runs/jsonDocument';
import { Problem } from '../../src/runs/problem';
import { temporaryFolder } from './support';

const expected = {
  schema: z.object({ formatVersion: z.literal(2), points: z.number() }),
  newest: 2,
  what: 'the surface',
  otherwise: 'this is no surface',
};

const read = (text: string): Promise<{ points: number }> => {
  const file = join(temporaryFolder(), 'surface.json');
  writeFileSync(file, text);
  return readJsonDocument(file, expected);
};

test('a file that holds what it should', async () => {
  expect(await read('{"formatVersion": 2, "points": 9, "more": true}')).toEqual({ formatVersion: 2, points: 9 });
});

test.each([
  ['{"formatVersion": 2, "poi', 'the surface is not whole JSON'],
  ['{"formatVersion": 3}', 'the surface was written by a newer Losscape (format 3, this one reads up to 2)'],
  ['{"formatVersion": 2, "points": "many"}', 'this is no surface: '],
  ['null', 'this is no surface: '],
])('%s is refused in words', async (text, message) => {
  const error = await read(text).catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).message).toContain(message);
  expect((error as Problem).place?.file).toMatch(/surface\.json$/);
});

test('a file that is not there is named', async () => {
  const file = join(temporaryFolder(), 'gone.json');
  const error = await readJsonDocument(file, expected).catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(Problem);
  expect((error as Problem).place?.file).toBe(file);
});
