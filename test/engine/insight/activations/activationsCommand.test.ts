import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeNpy } from '../../../../src/runs/npy';
import { temporaryFolder } from '../../../runs/support';
import { writeTinyRuns } from '../../surface/tinyRun';
import { events, losscape } from '../../commandLine';

const one = ['--threads', '1'];

describe('losscape activations', () => {
  it('writes arrays and pictures of layers', async () => {
    const folder = temporaryFolder();
    const [run] = await writeTinyRuns(folder);
    const out = join(folder, 'out');
    const {
      code,
      err,
      out: printed,
    } = await losscape(
      ...['activations', run!.folder, '--image', 'image-2', '--layer', 'bottom.conv1', 'head', '--epoch', '1'],
      ...['--out', out, '--json', ...one],
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect((await readdir(out)).sort()).toEqual(['bottom.conv1.npy', 'bottom.conv1.png', 'head.npy', 'head.png']);
    interface Said {
      layer: string;
      npy: string;
      png: string;
      shape: number[];
      columns: number;
    }
    const [bottom, head] = events<Said>(printed);
    expect(bottom).toMatchObject({
      layer: 'bottom.conv1',
      epoch: 1,
      image: 'image-2',
      shape: [8, 12, 16],
      columns: 3,
      region: { top: 0, left: 0, height: 24, width: 32 },
    });
    const { shape, data } = decodeNpy(readFileSync(bottom!.npy), bottom!.npy);
    expect(shape).toEqual([8, 12, 16]);
    expect(data.every((value) => value >= 0)).toBe(true);
    const { width, height } = await sharp(bottom!.png).metadata();
    expect([height, width]).toEqual([3 * 12 + 2 * 2, 3 * 16 + 2 * 2]);
    expect(head!.shape).toEqual([2, 24, 32]);
  });

  it('takes all layers, and says in words what it wrote', async () => {
    const folder = temporaryFolder();
    const [run] = await writeTinyRuns(folder);
    const { code, out } = await losscape(
      ...['activations', run!.folder, '--image', 'image-2', '--layer', 'all', '--scale', 'map'],
      ...['--out', join(folder, 'out'), ...one],
    );
    expect(code).toBe(0);
    expect(await readdir(join(folder, 'out'))).toHaveLength(16);
    expect(out).toMatch(/^encoder\.0\.conv1: 4 maps of 24 × 32\n {2}.*encoder\.0\.conv1\.npy\n/);
  });

  it('says what is wrong before anything is written', async () => {
    const folder = temporaryFolder();
    const [run] = await writeTinyRuns(folder);
    const out = join(folder, 'out');
    const image = ['--image', 'image-2'];
    const cases: [string[], RegExp][] = [
      [image, /which layers\?.*\n.*encoder\.0\.conv1 \(4\), .*head \(2\); or "all"/],
      [['--layer', 'head'], /which image\?/],
      [[...image, '--layer', 'tail'], /the network has no layer "tail"\n.*bottom\.conv1/],
      [['--image', 'x', '--layer', 'head'], /has no image "x"/],
      [[...image, '--layer', 'head', '--epoch', '9'], /has no checkpoint of epoch 9/],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await losscape('activations', run!.folder, '--out', out, ...args);
      expect(err).toMatch(message);
      expect(code).toBe(2);
    }
    expect(await readdir(folder)).not.toContain('out');
  });
});
