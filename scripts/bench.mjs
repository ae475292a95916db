// `npm run bench`: bundles the benchmark into .cache/bench and runs it. `npm run bench -- filter-gradient` runs the one of
// the lowerings of the filter gradient instead, `npm run bench -- surface` that of loss surfaces, `npm run bench -- editor`
// the tests of the editor that measure.
import { spawnSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, '.cache/bench');

await build({
  absWorkingDir: root,
  entryPoints: {
    main: 'bench/main.ts',
    ours: 'bench/ours.ts',
    'filter-gradient': 'bench/filter-gradient.ts',
    editor: 'bench/editor.ts',
    surface: 'bench/surface.ts',
    surfaceSide: 'bench/surfaceSide.ts',
    // The surface benchmark runs the command line itself.
    cli: 'src/engine/cli.ts',
    // The thread that sessions run on is looked for beside the bundle.
    sessionWorker: 'src/engine/compile/sessionWorker.ts',
  },
  outdir: out,
  outExtension: { '.js': '.cjs' },
  // jsonc-parser's UMD build, which esbuild would prefer for Node, cannot be bundled.
  mainFields: ['module', 'main'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['onnxruntime-node', 'sharp', 'h5wasm', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
  banner: { js: `const importMetaUrl = require('node:url').pathToFileURL(__filename).href;` },
  define: { 'import.meta.url': 'importMetaUrl' },
  logLevel: 'warning',
}).catch(() => process.exit(1)); // esbuild has printed why

const [first, ...rest] = process.argv.slice(2);
const named = ['editor', 'filter-gradient', 'surface'];
const [program, args] = named.includes(first) ? [first, rest] : ['main', first === undefined ? [] : [first, ...rest]];
if (program === 'editor') {
  const measuring =
    'activates|activation takes|Train U-Net from|workspace/surface|on the screen at once|follows the pointer|run folders';
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/testEditor.mjs'), measuring], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
const { status, signal, error } = spawnSync(process.execPath, [join(out, `${program}.cjs`), ...args], {
  cwd: root,
  stdio: 'inherit',
});
if (error) throw error;
if (signal) console.error(`bench: ended by ${signal}`);
process.exit(status ?? 1);
