import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TrainingEvent } from '../../../src/engine/training/events';
import { effectiveStatus } from '../../../src/runs/document';
import { runPaths } from '../../../src/runs/layout';
import {
  documentOf,
  losscape,
  onlyRun,
  outcome,
  start,
  succeed,
  tinyDataset,
  writeExperiment,
  type Ended,
} from './support';

type Step = Extract<TrainingEvent, { type: 'step' }>;

/** 8 steps an epoch, slow enough to be hit in the middle. */
const slow = {
  model: { filters: 8, depth: 3 },
  input: { crop: [48, 40] },
  training: { batchSize: 1 },
} as const;

/** Trains until `when` says so of a step, then does `what`. */
async function until(
  args: readonly string[],
  when: (step: Step) => boolean,
  what: (pid: number) => void,
): Promise<Ended & { last: Step | undefined }> {
  let [done, last] = [false, undefined as Step | undefined];
  const { ended } = start(['train', ...args, '--json'], (event, child) => {
    if (event.type !== 'step') return;
    last = event;
    if (done || !when(event)) return;
    done = true;
    what(child.pid!);
  });
  return { ...(await ended), last };
}

test('killed ten times in the middle of an epoch and resumed: as if nothing had happened', async () => {
  const changes = { ...slow, training: { ...slow.training, epochs: 9 } };
  const { folder, file } = await tinyDataset(changes, 10);
  const one = ['--threads', '1'];
  await succeed('train', file, '--runs', join(folder, 'undisturbed'), ...one);
  const undisturbed = await outcome(onlyRun(join(folder, 'undisturbed')));

  const runs = join(folder, 'killed');
  let args = [file, '--runs', runs, ...one];
  let epochs = 0;
  let inTheMiddle = 0;
  for (let kill = 1; kill <= 10; kill++) {
    // Now in the first epoch of a session, now in the second.
    const target = epochs + 1 + ((kill + 1) % 2);
    const { signal, stderr } = await until(
      args,
      (event) => event.epoch === target && event.step >= 1 + (kill % 4),
      (pid) => process.kill(pid, 'SIGKILL'),
    );
    expect({ signal, stderr }).toEqual({ signal: 'SIGKILL', stderr: '' });
    const document = await documentOf(onlyRun(runs));
    expect(effectiveStatus(document)).toBe('interrupted');
    // On a busy machine the signal may come late, after the epoch it was meant for.
    expect(document.epochsDone).toBeGreaterThanOrEqual(target - 1);
    if (document.epochsDone === target - 1) inTheMiddle++;
    epochs = document.epochsDone;
    args = [file, '--resume', onlyRun(runs), ...one];
  }
  expect(inTheMiddle).toBeGreaterThan(7);
  await succeed('train', ...args);
  expect(await outcome(onlyRun(runs))).toEqual(undisturbed);
  const { status, resumedFrom, epochsDone, stepsDone } = await documentOf(onlyRun(runs));
  expect({ status, epochsDone, stepsDone }).toEqual({ status: 'finished', epochsDone: 9, stepsDone: 72 });
  expect(resumedFrom).toHaveLength(10);
  expect(existsSync(runPaths(onlyRun(runs)).lock)).toBe(false);
});

test('stopped in the middle of an epoch by SIGINT, SIGTERM and a stop file: goes on with the next step', async () => {
  const changes = { ...slow, training: { ...slow.training, epochs: 4 } };
  const { folder, file } = await tinyDataset(changes, 10);
  await succeed('train', file, '--runs', join(folder, 'undisturbed'));
  const runs = join(folder, 'stopped');

  const ways: ((pid: number) => void)[] = [
    (pid) => {
      // npm passes on the signal that the terminal has sent to both already.
      process.kill(pid, 'SIGINT');
      process.kill(pid, 'SIGINT');
    },
    (pid) => process.kill(pid, 'SIGTERM'),
    () => writeFileSync(runPaths(onlyRun(runs)).stop, ''),
  ];
  let args = [file, '--runs', runs];
  for (const [i, way] of ways.entries()) {
    const { code, last } = await until(args, (event) => event.epoch === i + 2 && event.step >= 2, way);
    expect(code).toBe(130);
    expect(last!.step).toBeLessThan(8); // otherwise it was not in the middle
    const { status, epochsDone, stepsDone, finished } = await documentOf(onlyRun(runs));
    expect({ status, epochsDone, stepsDone }).toEqual({
      status: 'stopped',
      epochsDone: i + 1,
      stepsDone: 8 * (i + 1) + last!.step,
    });
    expect(finished).not.toBeNull();
    args = ['--resume', onlyRun(runs)];
  }
  // Without a file the run's own settings hold.
  await succeed('train', ...args);
  expect(await outcome(onlyRun(runs))).toEqual(await outcome(onlyRun(join(folder, 'undisturbed'))));
  expect(existsSync(runPaths(onlyRun(runs)).stop)).toBe(false);
});

test('a changed experiment is not resumed: what differs is listed, and the run stays as it is', async () => {
  const { folder, file } = await tinyDataset({ training: { epochs: 1 } });
  const runs = join(folder, 'runs');
  await succeed('train', file);
  const run = onlyRun(runs);
  const before = readFileSync(runPaths(run).document, 'utf8');

  await writeExperiment(folder, {
    training: { epochs: 2, batchSize: 3, optimizer: { type: 'adam', learningRate: 5e-4 } },
    model: { filters: 4 },
  });
  const { code, stderr, stdout } = await losscape('train', file, '--resume', run);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('training.optimizer.learningRate: 0.001 -> 0.0005');
  expect(stderr).toContain('training.batchSize: 2 -> 3');
  expect(stderr).toContain('model.filters: 2 -> 4');
  expect(stderr).toContain('start a new run');
  expect(readFileSync(runPaths(run).document, 'utf8')).toBe(before);
  expect(existsSync(runPaths(run).lock)).toBe(false);

  const finished = await losscape('train', '--resume', run);
  expect(finished.code).toBe(2);
  expect(finished.stderr).toContain('is finished');

  // More epochs are no change to those that it has had.
  await writeExperiment(folder, { training: { epochs: 2 } });
  await succeed('train', file, '--resume', run);
  expect((await documentOf(run)).epochsDone).toBe(2);
});

test('images that have changed are not trained on further', async () => {
  const { folder, file } = await tinyDataset({ training: { epochs: 1 } });
  await succeed('train', file);
  const image = (name: string): string => join(folder, 'images', name);
  writeFileSync(image('phantom-01.png'), readFileSync(image('phantom-02.png')));
  await writeExperiment(folder, { training: { epochs: 2 } });
  const { code, stderr } = await losscape('train', file, '--resume', onlyRun(join(folder, 'runs')));
  expect(code).toBe(2);
  expect(stderr).toContain('the images or masks: their contents have changed');
});
