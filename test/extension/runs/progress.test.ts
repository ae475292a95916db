import { appendFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Eta, readProgress, stepsPerEpoch } from '../../../src/extension/runs/progress';
import { runPaths } from '../../../src/runs/layout';
import { runDocument, temporaryFolder } from './support';

const beginning = runDocument({ epochsDone: 0, stepsDone: 0, secondsTraining: 0, epochsTotal: 10 });

test('the last whole step tells how far a run has come', async () => {
  const folder = temporaryFolder();
  expect(await readProgress(folder, beginning)).toBeNull();
  const { steps } = runPaths(folder);
  writeFileSync(steps, 'step,epoch,loss,learningRate,seconds,imagesPerSecond,change/a\n');
  expect(await readProgress(folder, beginning)).toBeNull();
  appendFileSync(steps, '1,1,0.7,0.001,0.5,8,0.1\n2,1,0.6,0.001,0.5,9.5,0.1\n3,2,0.');
  expect(await readProgress(folder, beginning)).toEqual({ step: 2, epochs: 1, imagesPerSecond: 9.5 });
});

test('steps of an epoch: five images four at a time are two; later as they were', () => {
  expect(stepsPerEpoch(beginning)).toBe(2);
  expect(stepsPerEpoch(runDocument({ epochsDone: 4, stepsDone: 100 }))).toBe(25);
  expect(stepsPerEpoch(runDocument({ epochsDone: 0, stepsDone: 0, experiment: null }))).toBeNull();
});

test('the time that is left follows from the epochs that went by', () => {
  const eta = new Eta();
  const document = runDocument({ epochsDone: 0, secondsTraining: 0, epochsTotal: 10 });
  expect(eta.estimate('a', document, 0, 0)).toBeNull();
  // A tenth of an epoch in 6 seconds: a minute an epoch.
  expect(eta.estimate('a', document, 0.1, 6000)).toBeCloseTo(594, 6);
  expect(eta.estimate('a', document, 2, 120_000)).toBeCloseTo(480, 6);
  expect(eta.estimate('a', document, 10, 600_000)).toBe(0);
});

test('a run that is found again is judged by its mean so far, and a resumed one begins anew', () => {
  const eta = new Eta();
  const document = runDocument({ epochsDone: 5, secondsTraining: 500, epochsTotal: 10 });
  expect(eta.estimate('a', document, 5, 0)).toBe(500);
  expect(eta.estimate('a', document, 6, 200_000)).toBeCloseTo(800, 6);
  expect(eta.estimate('a', document, 5, 300_000)).toBe(500);
  eta.forget('a');
  expect(eta.estimate('a', document, 6, 0)).toBe(400);
});
