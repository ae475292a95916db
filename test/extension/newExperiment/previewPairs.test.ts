import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { candidateFolders } from '../../../src/extension/newExperiment/candidateFolders';
import { listPairFiles, spread } from '../../../src/extension/newExperiment/previewPairs';
import { temporaryFolder } from '../runs/support';

function files(folder: string, ...names: string[]): string {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), '');
  return folder;
}

test('pairs by stem, by stem and _mask, and in one folder', async () => {
  const root = temporaryFolder();
  const images = files(join(root, 'images'), 'eye10.png', 'eye2.TIF', 'lonely.png', 'notes.txt', '._eye2.png');
  const masks = files(join(root, 'masks'), 'eye10_mask.png', 'eye2.png', 'other.png');
  expect((await listPairFiles(images, masks)).map(({ name, mask }) => [name, mask])).toEqual([
    ['eye2', join(masks, 'eye2.png')],
    ['eye10', join(masks, 'eye10_mask.png')],
  ]);
  const both = files(join(root, 'both'), 'a.png', 'a_mask.png', 'b.png');
  expect((await listPairFiles(both, both)).map(({ name }) => name)).toEqual(['a']);
});

test('a few of many', () => {
  expect(spread([1, 2, 3], 6)).toEqual([1, 2, 3]);
  expect(
    spread(
      Array.from({ length: 101 }, (_, i) => i),
      5,
    ),
  ).toEqual([0, 25, 50, 75, 100]);
});

test('folders that look right', async () => {
  const root = temporaryFolder();
  files(join(root, 'retina', 'images'));
  files(join(root, 'retina', 'Masks'));
  files(join(root, 'deep', 'cells', 'train', 'labels'));
  files(join(root, 'node_modules', 'x', 'masks'));
  files(join(root, 'code'));
  expect(await candidateFolders(root)).toEqual([join(root, 'retina'), join(root, 'deep', 'cells')]);
  expect(await candidateFolders(join(root, 'retina'))).toEqual([join(root, 'retina')]);
  expect(await candidateFolders(join(root, 'nowhere'))).toEqual([]);
});
