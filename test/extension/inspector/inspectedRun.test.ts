import { expect, test } from 'vitest';
import { inspectedRun } from '../../../src/extension/inspector/inspectedRun';
import { record } from '../runs/support';

test('a run has another version once it has been gone on with', () => {
  const version = (resumedFrom: number[]): string => {
    const run = record('/runs/a', { resumedFrom });
    return inspectedRun({ get: (folder) => (folder === run.folder ? run : undefined) }, run.folder).version;
  };
  expect(version([2])).toBe('2026-03-01T10:00:00.000Z 2');
  expect(new Set([version([]), version([2]), version([2, 3])]).size).toBe(3);
});

test('a run that nobody knows is asked about by its folder alone', () => {
  expect(inspectedRun({ get: () => undefined }, '/runs/gone')).toEqual({ folder: '/runs/gone', version: '' });
});
