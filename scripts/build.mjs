// Bundles the engine's command line, and the thread it computes on, into dist/engine. `--watch` rebuilds on every change.
import { chmod, copyFile, cp, mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const entry = join(root, 'src/engine/cli.ts');
const out = join(root, 'dist/engine');
const outfile = join(out, 'cli.cjs');

// Packages with binaries of their own stay outside the bundle and are required at run time; the last two may be absent.
const external = ['onnxruntime-node', 'sharp', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'];

// Binaries that tfjs' wasm backend looks for beside the file it runs from.
const wasmBinaries = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];

const watching = process.argv.includes('--watch');
const unknown = process.argv.slice(2).filter((argument) => argument !== '--watch');
if (unknown.length > 0) fail(`unknown option ${unknown.join(' ')}; the only option is --watch`);

const source = await readFile(entry, 'utf8').catch((error) =>
  fail(`cannot read the entry ${entry}: ${error.message}. Nothing was built.`),
);
// esbuild carries the entry's first line over, and npm runs the bundle as a program by it.
if (!source.startsWith('#!/usr/bin/env node\n')) fail(`${entry} must begin with #!/usr/bin/env node`);

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await copyAssets();

/** @type {import('esbuild').BuildOptions} */
const options = {
  absWorkingDir: root,
  entryPoints: { cli: entry, sessionWorker: join(root, 'src/engine/compile/sessionWorker.ts') },
  outdir: out,
  outExtension: { '.js': '.cjs' },
  // jsonc-parser's UMD build, which esbuild would prefer for Node, cannot be bundled.
  mainFields: ['module', 'main'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  sourcesContent: false,
  external,
  // CommonJS has no import.meta; files beside the bundle are found through this instead.
  banner: { js: `const importMetaUrl = require('node:url').pathToFileURL(__filename).href;` },
  define: { 'import.meta.url': 'importMetaUrl' },
  logLevel: 'warning',
};

if (watching) {
  const watcher = await context({
    ...options,
    logLevel: 'info',
    plugins: [{ name: 'executable', setup: (plugin) => plugin.onEnd((result) => finish(result.errors.length)) }],
  });
  await watcher.watch();
} else {
  const result = await build({ ...options, metafile: true }).catch(() => process.exit(1)); // esbuild has printed why
  await finish(0);
  const bytes = Object.values(result.metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
  console.log(`built dist/engine/cli.cjs (${(bytes / 2 ** 20).toFixed(1)} MiB with its source map)`);
}

/** Makes the bundle executable once it has been written. */
async function finish(errors) {
  if (errors === 0) await chmod(outfile, 0o755);
}

/** Copies the files that the bundle reads from its own folder. */
async function copyAssets() {
  const wasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
  for (const name of wasmBinaries) await copyFile(join(wasm, name), join(out, basename(name)));
  await cp(join(root, 'src/engine/report/fonts'), join(out, 'fonts'), { recursive: true });
}

function fail(message) {
  console.error(`build: ${message}`);
  process.exit(1);
}
