import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const entry = 'src/extension/extension.ts';

test('what activation loads needs no checks of documents: they take longer to build than all the rest', async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(root, 'dist/extension.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    metafile: true,
    write: false,
  });
  const by = new Map<string, string | null>([[entry, null]]);
  for (const [file] of by) {
    for (const { path, kind } of metafile.inputs[file]?.imports ?? []) {
      // What is imported in a function is loaded when that is called.
      if (kind !== 'dynamic-import' && !by.has(path)) by.set(path, file);
    }
  }
  expect(by.size).toBeGreaterThan(50);
  const zod = [...by.keys()].find((file) => /node_modules\/zod\//.test(file));
  const way: string[] = [];
  for (let file: string | null | undefined = zod; file; file = by.get(file)) way.push(file);
  expect(way).toEqual([]);
});
