import { mkdtempSync, rmSync } from 'node:fs';
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
