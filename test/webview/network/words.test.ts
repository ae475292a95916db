import { expect, test } from 'vitest';
import { failureOf, noCheckpoint, noticesOf, waitingWord } from '../../../src/webview/network/words';
import { unetLayers } from './support';

const run = { epochs: [1, 2], info: { problem: null } };
const looksAt = { image: { name: 'a', split: 'test' } } as const;
const loading = { state: 'loading' } as const;
const asked = { layers: unetLayers(1, 2), layersFailed: null, image: loading, features: loading };

test('what is wrong: first that there is nothing to look into, then the network, then its answers', () => {
  expect(failureOf(null, run, looksAt)).toBeNull();
  expect(failureOf(asked, run, looksAt)).toBeNull();
  expect(failureOf(asked, { epochs: [] }, { image: null })).toBe(noCheckpoint);
  expect(failureOf(asked, run, { image: null })).toContain('Choose an image file');
  const failed = { ...asked, features: { state: 'failed', message: 'the checkpoint is damaged' } } as const;
  expect(failureOf(failed, run, looksAt)).toBe('the checkpoint is damaged');
  expect(failureOf({ ...failed, layersFailed: 'no run' }, run, looksAt)).toBe('no run');
});

test('what is waited for: the network, then its answer, and nothing without a checkpoint', () => {
  expect(waitingWord(null, run)).toBe('');
  expect(waitingWord({ layers: [] }, run)).toBe('Reading the network …');
  expect(waitingWord(asked, run)).toBe('Running the network over the image …');
  expect(waitingWord(asked, { epochs: [] })).toBe('');
});

test('notices: of the run, of a layer that is not there, of the image', () => {
  expect(noticesOf(run, null, 'bottom.conv1', asked.layers)).toEqual([]);
  expect(noticesOf(run, null, 'bottom.conv1', null)).toEqual([]);
  expect(noticesOf(run, null, 'bottom.conv9', asked.layers)[0]).toContain('no layer “bottom.conv9”');
  const image = { changed: 'It has changed.', notes: ['It is cropped.'] };
  expect(noticesOf({ info: { problem: 'Half a table.' } }, image, null, asked.layers)).toEqual([
    'Half a table.',
    'It has changed.',
    'It is cropped.',
  ]);
});
