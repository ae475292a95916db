import { resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('maps and the protocol go into a browser without any package', async () => {
  const insight = resolve(import.meta.dirname, '../../../../src/engine/insight');
  const result = await build({
    stdin: { contents: "export * from './maps'; export * from './protocol';", resolveDir: insight },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
  });
  const inputs = Object.keys(result.metafile.inputs).filter((name) => name !== '<stdin>');
  expect(inputs.filter((name) => !/^src\/(engine\/(insight\/(maps|protocol)|experiment)|runs)\//.test(name))).toEqual(
    [],
  );
  expect(result.outputFiles[0]!.contents.length).toBeLessThan(30_000);
});
