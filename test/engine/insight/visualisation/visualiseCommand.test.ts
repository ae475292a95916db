import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../runs/support';
import { writeTinyRuns } from '../../surface/tinyRun';
import { losscape } from '../../commandLine';

const small = ['--size', '24', '--steps', '6', '--threads', '1'];

describe('losscape visualise', () => {
  it('writes a picture, the same for the same seed', async () => {
    const folder = temporaryFolder();
    const [run] = await writeTinyRuns(folder);
    const picture = async (name: string, ...args: string[]) => {
      const file = join(folder, 'pictures', name);
      const result = await losscape(
        ...['visualise', run!.folder, '--layer', 'bottom.conv2', '--channel', '3', '--relu', 'before'],
        ...['--out', file, ...small, ...args],
      );
      expect({ code: result.code, err: result.err }).toEqual({ code: 0, err: '' });
      return { file, out: result.out };
    };
    const first = await picture('first.png');
    expect(first.out).toMatch(
      /first\.png\n {2}map 3 of bottom\.conv2, epoch 2: mean -?[\d.]+ -> -?[\d.]+ in 6 steps\n$/,
    );
    expect(await sharp(first.file).metadata()).toMatchObject({ width: 24, height: 24, channels: 3 });
    const again = await picture('again.png', '--json');
    expect(readFileSync(again.file).equals(readFileSync(first.file))).toBe(true);
    const { activation, ...said } = JSON.parse(again.out) as { activation: number[] };
    expect(said).toMatchObject({ file: again.file, layer: 'bottom.conv2', channel: 3, epoch: 2, withoutSlope: 0 });
    expect(activation).toHaveLength(7);
    expect(activation.at(-1)!).toBeGreaterThan(activation[0]!);
    const other = await picture('other.png', '--seed', '2');
    expect(readFileSync(other.file).equals(readFileSync(first.file))).toBe(false);
  });

  it('says what is wrong, and writes nothing', async () => {
    const folder = temporaryFolder();
    const [run] = await writeTinyRuns(folder);
    const out = join(folder, 'picture.png');
    const cases: [string[], RegExp][] = [
      [[], /required option '--layer <name>'/],
      [['--layer', 'tail'], /the network has no layer "tail"/],
      [['--layer', 'head', '--channel', '2'], /layer head has no feature map 2\n.*from 0 to 1/],
      [['--layer', 'head', '--channel', '-1'], /whole number of at least 0/],
      [['--layer', 'head', '--blur', 'x'], /a number of at least 0/],
      [['--layer', 'head', '--size', '5000'], /a picture of 5000 pixels a side/],
      [['--layer', 'head', '--epoch', '9'], /has no checkpoint of epoch 9/],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await losscape('visualise', run!.folder, '--out', out, '--threads', '1', ...args);
      expect(err).toMatch(message);
      expect(code).toBe(2);
    }
    expect(existsSync(out)).toBe(false);
  });
});
