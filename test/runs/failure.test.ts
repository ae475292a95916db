import { expect, test } from 'vitest';
import { failureOf, writeDown } from '../../src/runs/failure';
import { Problem } from '../../src/runs/problem';

test('a problem is told with its way out, anything else with its message', () => {
  expect(failureOf(new Problem('the disk is full', { hint: 'Make room.' }))).toEqual({
    message: 'the disk is full',
    hint: 'Make room.',
  });
  expect(failureOf(new Error('broken'))).toEqual({ message: 'broken' });
  expect(failureOf('broken')).toEqual({ message: 'broken' });
});

test('a failure that cannot be written down is told with the first', async () => {
  const error = new Error('the loss is NaN');
  await writeDown(error, "the run's folder", () => Promise.reject(new Error('the disk is full')));
  expect(error.message).toBe(
    "the loss is NaN (and the run's folder could not be brought up to date: the disk is full)",
  );
});

test('a failure that was written down stays as it is', async () => {
  const error = new Error('the loss is NaN');
  let written = false;
  await writeDown(error, "the run's folder", () => {
    written = true;
    return Promise.resolve();
  });
  expect([written, error.message]).toEqual([true, 'the loss is NaN']);
});
