import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../../src/engine/cli/checkCommand';
import { run } from '../../../src/engine/cli/program';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'losscape-check-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Images of 40 × 48 pixels with a mask that has a block of foreground. */
async function pairs(count: number, brightness = 255): Promise<void> {
  await mkdir(join(folder, 'images'), { recursive: true });
  await mkdir(join(folder, 'masks'), { recursive: true });
  const block = { create: { width: 12, height: 10, channels: 3 as const, background: grey(brightness) } };
  const blank = { create: { width: 48, height: 40, channels: 3 as const, background: grey(0) } };
  for (let i = 0; i < count; i += 1) {
    await sharp(blank)
      .png()
      .toFile(join(folder, `images/${i}.png`));
    await sharp(blank)
      .composite([{ input: block, left: 4, top: 4 }])
      .png()
      .toFile(join(folder, `masks/${i}.png`));
  }
}

const grey = (value: number) => ({ r: value, g: value, b: value });

async function check(text: string): Promise<{ code: number; report: CheckReport; told: string }> {
  const file = join(folder, 'eye.losscape.json');
  await writeFile(file, text);
  const collect = (into: string[]) => ({ write: (piece: string) => into.push(piece) });
  const [json, plain, errors] = [[], [], []] as string[][] as [string[], string[], string[]];
  const code = await run(['node', 'losscape', 'check', file, '--json'], {
    stdout: collect(json),
    stderr: collect(errors),
  });
  await run(['node', 'losscape', 'check', file], { stdout: collect(plain), stderr: collect(plain) });
  expect(errors.join('')).toBe('');
  return { code, report: JSON.parse(json.join('')) as CheckReport, told: plain.join('') };
}

const experiment = (rest = ''): string => `{
  "dataset": {
    "images": "images",
    "masks": "masks"
  }${rest}
}
`;

describe('losscape check', () => {
  it('tells what there is when all is well', async () => {
    await pairs(4);
    const { code, report, told } = await check(experiment(',\n  "model": { "depth": 3 }'));
    expect(code).toBe(0);
    expect(report.problems).toEqual([]);
    expect(report.data).toMatchObject({ train: 3, test: 1, least: [40, 48], crop: [40, 48], tile: [40, 48] });
    expect(report.data!.foreground).toBeCloseTo(120 / 1920, 5);
    expect(told).toContain('3 pairs to train on, 1 to test on; 40 × 48 pixels (height × width), 6.3 % foreground');
  });

  it('a missing folder stands at the key that names it', async () => {
    await pairs(2);
    await rm(join(folder, 'masks'), { recursive: true });
    const { code, report, told } = await check(experiment());
    expect(code).toBe(2);
    expect(report.problems).toMatchObject([
      { severity: 'error', line: 4, column: 14, message: 'masks: this folder does not exist' },
    ]);
    expect(told).toContain('eye.losscape.json:4:14: masks: this folder does not exist');
  });

  it('a crop that does not fit comes with the largest one that does', async () => {
    await pairs(3);
    const { report } = await check(experiment(',\n  "model": { "depth": 4 },\n  "input": { "crop": [64, 48] }'));
    expect(report.problems).toMatchObject([
      { line: 7, column: 22, subject: { path: ['input', 'crop'], suggestions: [[32, 48], 'auto'] } },
    ]);
  });

  it('a valid network is offered a crop that it answers exactly', async () => {
    await pairs(3);
    const { report } = await check(
      experiment(',\n  "model": { "depth": 3, "padding": "valid" },\n  "input": { "crop": [64, 64] }'),
    );
    expect(report.problems[0]!.subject!.suggestions![0]).toEqual([36, 44]);
  });

  it('an image without its mask, and masks below the threshold', async () => {
    await pairs(3, 1);
    const dim = await check(experiment());
    expect(dim.report.problems).toMatchObject([
      { line: 2, subject: { path: ['dataset', 'maskThreshold'], suggestions: [0] } },
    ]);
    await rm(join(folder, 'masks/1.png'));
    const lonely = await check(experiment());
    expect(lonely.report.problems[0]!.message).toBe('images: 1 image without a mask: 1.png');
    expect(lonely.report.problems[0]!.subject).toEqual({
      kind: 'value',
      path: ['dataset', 'unpaired'],
      suggestions: ['skip'],
    });
  });

  it('a damaged file stands at its folder', async () => {
    await pairs(3);
    await writeFile(join(folder, 'masks/2.png'), 'no picture');
    const { report } = await check(experiment());
    expect(report.problems[0]).toMatchObject({ line: 4, column: 14 });
    expect(report.problems[0]!.message).toContain('masks/2.png');
  });

  it('what is wrong with the file itself comes all at once', async () => {
    const { code, report } = await check('{ "dataset": { "imags": "a", "masks": "b" }, "losses": [] }');
    expect(code).toBe(2);
    expect(report.problems.length).toBeGreaterThanOrEqual(3);
    expect(report.data).toBeNull();
  });
});
