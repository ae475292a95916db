import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { wasLaunchedBefore } from '../../../src/engine/cli/launch';

const folder = mkdtempSync(join(tmpdir(), 'losscape-launch-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a launch is carried out once, whoever comes again', async () => {
  const file = join(folder, 'launches/one');
  expect(await Promise.all([wasLaunchedBefore(file), wasLaunchedBefore(file)])).toContain(false);
  expect(await wasLaunchedBefore(file)).toBe(true);
  expect(await wasLaunchedBefore(join(folder, 'launches/two'))).toBe(false);
});

test('without a launch nothing is held back', async () => {
  expect(await wasLaunchedBefore(undefined)).toBe(false);
  expect(await wasLaunchedBefore('')).toBe(false);
});

test('launches of long ago are forgotten; others, and what is no launch, are not', async () => {
  const launches = join(folder, 'old');
  mkdirSync(launches);
  const day = 24 * 3600;
  const [now, fresh, weeks, long, longer] = [1, 2, 3, 4, 5].map(() => randomUUID()) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const ages = { [fresh]: 0, [weeks]: 60, [long]: 91, [longer]: 400, 'notes.txt': 400 };
  for (const [name, days] of Object.entries(ages)) {
    writeFileSync(join(launches, name), '1\n');
    const time = Date.now() / 1000 - days * day;
    utimesSync(join(launches, name), time, time);
  }
  expect(await wasLaunchedBefore(join(launches, weeks))).toBe(true);
  // One that was carried out before does nothing more.
  expect(readdirSync(launches)).toHaveLength(5);
  expect(await wasLaunchedBefore(join(launches, now))).toBe(false);
  expect(readdirSync(launches).sort()).toEqual([now, fresh, weeks, 'notes.txt'].sort());
});
