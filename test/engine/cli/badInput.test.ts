import { readFileSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { maskPicture, picture, writePicture } from '../data/files';
import { type Changes, losscape, runsIn, succeed, temporaryFolder, tinyDataset, writeExperiment } from './support';

/**
 * Trains and expects to be refused: exit code 2, one message that has all of `parts` in it, nothing on stdout, no run.
 */
async function refused(args: readonly string[], runs: string, ...parts: string[]): Promise<void> {
  const { code, stdout, stderr } = await losscape('train', ...args);
  expect(stderr).toMatch(/^error /);
  expect(stderr.match(/^error /gm)).toHaveLength(1);
  expect(stderr).not.toMatch(/\n\s+at /); // no stack
  for (const part of parts) expect(stderr).toContain(part);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(runsIn(runs)).toEqual([]);
}

/** As `refused`, for a data set that `spoil` has been at. */
async function refusedData(
  spoil: (folder: string) => Promise<unknown>,
  changes: Changes,
  ...parts: string[]
): Promise<void> {
  const { folder, file } = await tinyDataset(changes, 4);
  await spoil(folder);
  await refused([file], join(folder, 'runs'), ...parts);
}

const nothing = (): Promise<void> => Promise.resolve();
const number = [1, 2, 3, 4].map((n) => `phantom-0${n}.png`);

describe('images and masks', () => {
  test('no pairs', () =>
    refusedData(
      async (folder) => {
        for (const name of number) await rm(join(folder, 'images', name));
      },
      {},
      'there is no image here',
      'images',
    ));

  test('no folder', () =>
    refusedData(nothing, { dataset: { masks: 'maskes' } }, 'maskes: this folder does not exist', '"dataset.masks"'));

  test('an image without a mask and the reverse are listed, and can be left out', async () => {
    const { folder, file } = await tinyDataset({ training: { epochs: 1 } }, 4);
    await rm(join(folder, 'masks', number[0]!));
    await rm(join(folder, 'images', number[2]!));
    await refused(
      [file],
      join(folder, 'runs'),
      `1 image without a mask: ${number[0]}`,
      `1 mask without an image: ${number[2]}`,
      '"unpaired": "skip"',
    );
    await writeExperiment(folder, { dataset: { test: 1, unpaired: 'skip' }, training: { epochs: 1 } });
    const { code, stderr } = await losscape('train', file);
    expect(code).toBe(0);
    expect(stderr).toContain(`left out: 1 image without a mask: ${number[0]}`);
  });

  test('sizes that differ within a pair', () =>
    refusedData(
      (folder) =>
        writePicture(
          join(folder, 'masks', number[1]!),
          maskPicture(43, 50, (x) => x > 20),
        ),
      {},
      number[1]!,
      'the mask has 43 × 50 pixels (width × height), its image 43 × 57',
    ));

  test('an unreadable image', () =>
    refusedData(
      (folder) => writeFile(join(folder, 'images', number[3]!), 'no picture'),
      {},
      `${number[3]}: this image cannot be read`,
    ));

  test.each(['images', 'masks'])('a truncated file among the %s', (side) =>
    refusedData(
      (folder) => {
        const file = join(folder, side, number[2]!);
        const whole = readFileSync(file);
        return writeFile(file, whole.subarray(0, Math.round(0.6 * whole.length)));
      },
      {},
      `${join(side, number[2]!)}: this image cannot be read`,
    ),
  );

  test('a mask without foreground', () =>
    refusedData(
      (folder) =>
        writePicture(
          join(folder, 'masks', number[0]!),
          maskPicture(43, 57, () => false),
        ),
      {},
      `1 mask without any foreground: ${number[0]}`,
      'remove these pairs',
    ));

  test('masks of class numbers', () =>
    refusedData(
      async (folder) => {
        for (const name of number) {
          await writePicture(
            join(folder, 'masks', name),
            picture(43, 57, 1, (x) => (x > 20 ? 1 : 0)),
          );
        }
      },
      {},
      '4 masks without any foreground',
      'lower "maskThreshold" under "dataset", to 0',
    ));

  test('a crop larger than the image', () =>
    refusedData(nothing, { input: { crop: [64, 32] } }, 'the crop of 64 × 32 pixels', 'larger than', '[57, 43]'));

  test('a test split that leaves nothing', () =>
    refusedData(nothing, { dataset: { test: 4 } }, '"test": 4 holds back every one of the 4 pairs'));
});

describe('the experiment file', () => {
  async function refusedText(text: string, ...parts: string[]): Promise<void> {
    const folder = temporaryFolder();
    const file = join(folder, 'e.losscape.json');
    writeFileSync(file, text);
    await refused([file], join(folder, 'runs'), ...parts);
  }
  const dataset = '"dataset": { "images": "images", "masks": "masks" }';

  test('an unknown key, with line, column and the nearest known key', () =>
    refusedText(
      `{\n  ${dataset},\n  "training": { "epochs": 3, "bachSize": 2 }\n}`,
      ':3:30: ',
      'bachSize',
      '"batchSize"',
    ));

  test('a wrong type', () =>
    refusedText(`{ ${dataset},\n "training": { "epochs": "many" } }`, ':2:26: ', 'epochs', 'whole number'));

  test('out of range', () => refusedText(`{ ${dataset},\n "model": { "depth": 9 } }`, ':2:22: ', 'depth', '8'));

  test('not JSON', () => refusedText(`{ ${dataset},\n "model": { "depth": } }`, ':2:'));

  test('empty', () => refusedText('', 'the file is empty'));

  test('several problems are all told', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'e.losscape.json');
    writeFileSync(file, `{ ${dataset}, "modle": {}, "training": { "epochs": 0 } }`);
    const { code, stderr } = await losscape('train', file);
    expect(code).toBe(2);
    expect(stderr.match(/^error /gm)).toHaveLength(2);
    expect(stderr).toContain('"model"');
  });

  test('missing, or a folder', async () => {
    const folder = temporaryFolder();
    await refused(
      [join(folder, 'none.json')],
      join(folder, 'runs'),
      'there is no such experiment file',
      'losscape init',
    );
    await refused([folder], join(folder, 'runs'), 'this is a folder');
  });

  test('two losses of one name', () =>
    refusedText(`{ ${dataset}, "losses": [{ "type": "dice" }, { "type": "dice" }] }`, 'losses[1] is called "dice"'));
});

describe('usage', () => {
  test('unknown options and commands: exit code 2 and what may have been meant', async () => {
    const option = await losscape('train', 'file', '--treads', '2');
    expect(option.code).toBe(2);
    expect(option.stderr).toContain("unknown option '--treads'");
    expect(option.stderr).toContain('--threads');
    const command = await losscape('trian', 'file');
    expect(command.code).toBe(2);
    expect(command.stderr).toContain('train');
    expect((await losscape()).code).toBe(2);
  });

  test.each([
    [['train'], 'Name its file: losscape train FILE'],
    [['train', '--loss', 'dice', 'a.losscape.json'], 'behind the file'],
    [['train', 'a.json', '--threads', '0'], 'whole number of at least 1'],
    [['train', 'a.json', '--accelerator', 'abacus'], 'Allowed choices are auto, onnx'],
    [['show', 'nothing'], 'there is no run "nothing"'],
    [['report', 'nothing'], 'there are no runs'],
    [['export', 'nothing', '--onnx', 'a.onnx'], 'there is no run "nothing"'],
    [['export', 'nothing'], '--onnx'],
    [['sample'], 'dir'],
    [['sample', 'x', '--pairs', '-3'], 'whole number of at least 1'],
    [['sample', 'x', '--scale', 'half'], 'cannot be scaled by NaN'],
  ])('losscape %j', async (args, part) => {
    const { code, stdout, stderr } = await losscape(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(part);
  });

  test('help and the version are no error', async () => {
    expect(await succeed('--help')).toContain('losscape');
    expect(await succeed('train', '--help')).toContain('--resume');
    expect(await succeed('--version')).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('a loss that the experiment does not have, and a run to resume that is not there', async () => {
    const { folder, file } = await tinyDataset({ losses: [{ type: 'crossEntropy' }, { type: 'focal', gamma: 2 }] }, 4);
    const runs = join(folder, 'runs');
    await refused([file, '--loss', 'focal'], runs, 'no loss called "focal"', 'cross-entropy', 'focal-2');
    await refused([file, '--resume', 'abcd'], runs, 'there is no run "abcd"');
  });

  test('sample leaves alone what is not its own', async () => {
    const { folder } = await tinyDataset({}, 2);
    writeFileSync(join(folder, 'images', 'mine.png'), '');
    const { code, stderr } = await losscape('sample', folder);
    expect(code).toBe(2);
    expect(stderr).toContain('mine.png');
  });
});
