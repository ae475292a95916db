import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointPath, epochOf, predictionPath, runFolderName, runPaths } from '../../src/runs/layout';
import { slug } from '../../src/runs/slug';

describe('names in a run folder', () => {
  it('are those of the format', () => {
    expect(runPaths('r').resume).toBe(join('r', 'checkpoints', 'resume.safetensors'));
    expect(runPaths('r').document).toBe(join('r', 'run.json'));
    expect(checkpointPath('r', 5)).toBe(join('r', 'checkpoints', 'epoch-0005.safetensors'));
    expect(checkpointPath('r', 12345)).toBe(join('r', 'checkpoints', 'epoch-12345.safetensors'));
    expect(predictionPath('r', 5, 'image 1')).toBe(join('r', 'predictions', 'epoch-0005', 'image 1.png'));
  });

  it('tell their epoch', () => {
    expect(epochOf('epoch-0005.safetensors')).toBe(5);
    expect(epochOf('epoch-12345')).toBe(12345);
    for (const other of [
      'resume.safetensors',
      'epoch-5.safetensors',
      'epoch-0005.tmp',
      '.epoch-0005.safetensors.1-a.tmp',
    ]) {
      expect(epochOf(other)).toBeNull();
    }
  });
});

describe('runFolderName', () => {
  it('begins with the local time and ends with the letters', () => {
    const time = new Date(2024, 0, 5, 7, 8, 9);
    expect(runFolderName(time, 'Optic Disc', 'focal-2', 'abcd')).toBe('20240105-070809-optic-disc-focal-2-abcd');
    expect(runFolderName(time, '視', '!', 'abcd')).toBe('20240105-070809-experiment-loss-abcd');
    expect(runFolderName(time, 'a', 'b')).toMatch(/^20240105-070809-a-b-[a-z]{4}$/);
  });
});

describe('slug', () => {
  it.each([
    ['Cross-Entropy 1:3', 'cross-entropy-1-3'],
    ['focal 0.5', 'focal-0.5'],
    ['dice + 0.5 × cross-entropy', 'dice-0.5-cross-entropy'],
    ['Größe déjà', 'gro-e-deja'],
    ['../../etc/passwd', 'etc-passwd'],
    ['a..b', 'a-b'],
    ['con.', 'con'],
    ['   ', ''],
  ])('%s -> %s', (text, expected) => expect(slug(text)).toBe(expected));

  it('is cut to its length without a hyphen at the end', () => {
    expect(slug('abc def', 4)).toBe('abc');
  });
});
