import { expect, test } from 'vitest';
import { type Failure, markFailed, writeDown } from '../../src/runs/failure';
import { Problem } from '../../src/runs/problem';

/** What a folder says of an error: its log without the time, and its document. */
async function saidOf(error: unknown): Promise<{ log: string; status: string; error: Failure }> {
  let log = '';
  let document: { status: string; error: Failure } | undefined;
  const writer = {
    log: (text: string) => Promise.resolve(void (log = text.replace(/^\S+ /, ''))),
    update: (patch: { status: 'failed'; error: Failure }) => Promise.resolve(void (document = patch)),
  };
  await markFailed(writer, error, "the run's folder");
  return { log, status: document!.status, error: document!.error };
}

test('a problem is told with its way out, anything else with its message', async () => {
  expect(await saidOf(new Problem('the disk is full', { hint: 'Make room.' }))).toEqual({
    log: 'Failed: the disk is full',
    status: 'failed',
    error: { message: 'the disk is full', hint: 'Make room.' },
  });
  expect((await saidOf(new Error('broken'))).error).toEqual({ message: 'broken' });
  expect((await saidOf('broken')).error).toEqual({ message: 'broken' });
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
  await saidOf(error);
  expect(error.message).toBe('the loss is NaN');
});
