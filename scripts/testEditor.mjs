// The tests of the real editor: `node scripts/testEditor.mjs [part of a test's name]`.
//   --vsix FILE   test this package instead of making one
//   --keep        leave the editor running afterwards and print its address
// In the editor that serves a browser, unless LOSSCAPE_VSCODE=electron asks for a downloaded desktop one.
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import { build } from 'esbuild';
import { startInBrowser } from './editor/inBrowser.mjs';
import { startOnDesktop } from './editor/onDesktop.mjs';
import { cache, root } from './editor/paths.mjs';

const { values, positionals } = parseArgs({
  options: { vsix: { type: 'string' }, keep: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const pictures = join(root, 'test-results/editor');
const began = performance.now();

const target = `${process.platform}-${process.arch}`;
await mkdir(cache, { recursive: true });
const vsix = values.vsix ? resolve(values.vsix) : join(cache, `losscape-${target}.vsix`);
if (!values.vsix) {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/package.mjs'), '--out', vsix], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
const probe = join(cache, 'probe.vsix');
await createVSIX({
  cwd: join(root, 'test/vscode/probe'),
  packagePath: probe,
  dependencies: false,
  allowMissingRepository: true,
  skipLicense: true,
});
const bundle = join(cache, 'tests.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/vscode/main.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Functions are sent into the editor as source, where helpers of the bundler are not known.
  keepNames: false,
  packages: 'external',
  logLevel: 'warning',
});
const { Session, chosenTests, onceMore, runTests, windows } = await import(pathToFileURL(bundle).href);

const home = await mkdtemp(join(tmpdir(), 'losscape-test-'));
const sample = join(home, 'phantom');
await sampleWorkspace(sample);
const start = process.env.LOSSCAPE_VSCODE === 'electron' ? startOnDesktop : startInBrowser;
const only = positionals.join(' ');
const totals = { passed: 0, failed: 0 };
try {
  // One window after the other, each with settings of its own; the sample stays.
  for (const window of windows) {
    if (chosenTests(window, only).length === 0) continue;
    const outcome = await testWindow(window, sample, only);
    totals.passed += outcome.passed;
    for (const { suite, window: again } of onceMore(window, outcome)) {
      console.log(`once more, in a window and a folder of its own: ${window.name}/${suite}`);
      const other = join(home, `${window.name} ${suite}`, 'phantom');
      await sampleWorkspace(other);
      const second = await testWindow(again, other, '');
      const failed = Object.keys(second.failed).length > 0;
      totals[failed ? 'failed' : 'passed'] += outcome.failed[suite];
      outcome.failed[suite] = 0;
    }
    totals.failed += Object.values(outcome.failed).reduce((sum, count) => sum + count, 0);
  }
} finally {
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
await mkdir(pictures, { recursive: true });
await writeFile(join(pictures, 'totals.json'), JSON.stringify(totals));
console.log(`\neditor tests: ${totals.passed} passed, ${totals.failed} failed (${seconds()} s)`);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);

/** Starts the editor, runs the tests of a window in it, and ends it. Returns how they ended. */
async function testWindow(window, folder, only) {
  const socket = join(home, `${window.name}.sock`);
  const editor = await start({
    vsix: [vsix, probe],
    folder: window.folder ? folder : undefined,
    trusted: window.trusted,
    env: { LOSSCAPE_PROBE: socket },
  });
  try {
    const session = new Session(editor.page, window.folder ? folder : home, socket, pictures);
    await session.ready();
    console.log(`window "${window.name}" ready after ${seconds()} s: ${editor.name}`);
    const outcome = await runTests(window, session, only, pictures);
    if (values.keep) {
      console.log(`still running: ${editor.url}; Ctrl+C ends it`);
      await new Promise((finish) => process.once('SIGINT', finish));
    }
    return outcome;
  } finally {
    await editor.stop();
  }
}

function seconds() {
  return ((performance.now() - began) / 1000).toFixed(0);
}

/** A phantom that trains in seconds: the sample's own experiment file, with smaller numbers. */
async function sampleWorkspace(path) {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'dist/engine/cli.cjs'), 'sample', path, '--pairs', '8'],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`no sample: ${stderr}`);
  const experiment = {
    dataset: { images: 'images', masks: 'masks', test: 2, scale: 0.15, synthetic: true },
    model: { filters: 4, depth: 2 },
    input: { crop: [32, 32] },
    training: { epochs: 40, batchSize: 2, optimizer: { type: 'adam', learningRate: 3e-3 } },
    losses: [
      { type: 'crossEntropy', classWeights: [1, 3] },
      { type: 'focal', gamma: 2 },
    ],
  };
  const text = JSON.stringify(experiment, null, 2)
    .replace(/\[\s+(\d+),\s+(\d+)\s+\]/g, '[$1, $2]')
    .replace('{\n', '{\n  // Small enough for a test.\n');
  await readFile(join(path, 'phantom.losscape.json'));
  await writeFile(join(path, 'phantom.losscape.json'), `${text}\n`);
}
