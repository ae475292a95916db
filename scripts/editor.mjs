// `npm run vscode [folder]`: opens a folder with the extension in VS Code; without a folder, a small generated data set.
// The desktop editor is used when there is a `code` command, else one in the browser. `--browser` always takes the latter.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startCodeServer } from './editor/codeServer.mjs';
import { cache, root } from './editor/paths.mjs';

const { values, positionals } = parseArgs({
  options: {
    browser: { type: 'boolean', default: false },
    port: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const target = `${process.platform}-${process.arch}`;
const vsix = join(root, `losscape-${target}.vsix`);
const node = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });

if (!values['no-build'] || !existsSync(vsix)) {
  must(node(join(root, 'scripts/package.mjs'), '--no-smoke', '--out', vsix));
}
const folder = resolve(positionals[0] ?? join(root, 'losscape-demo'));
if (positionals.length === 0 && !existsSync(folder)) {
  must(node(join(root, 'dist/engine/cli.cjs'), 'sample', folder, '--pairs', '24'));
}
if (!existsSync(folder)) fail(`there is no folder ${folder}`);
// The file that everything starts from: its code lenses train.
const experiments = readdirSync(folder).filter((name) => name.endsWith('.losscape.json'));
const files = experiments.slice(0, 1).map((name) => join(folder, name));

const code = process.platform === 'win32' ? 'code.cmd' : 'code';
const shell = process.platform === 'win32';
const profile = join(cache, 'profile');
if (!values.browser && spawnSync(code, ['--version'], { shell }).status === 0) {
  // Folders of its own, so that the editor in daily use stays as it is.
  const places = ['--extensions-dir', join(profile, 'extensions'), '--user-data-dir', join(profile, 'desktop')];
  must(spawnSync(code, [...places, '--install-extension', vsix, '--force'], { stdio: 'inherit', shell }));
  must(spawnSync(code, [...places, '--new-window', folder, ...files], { stdio: 'inherit', shell }));
  console.log(`opened ${folder} in VS Code`);
} else {
  const port = values.port === undefined ? undefined : Number(values.port);
  const editor = await startCodeServer({ vsix: [vsix], folder, files, profile: join(profile, 'browser'), port });
  console.log(`\nOpen this address in a browser; Ctrl+C ends the editor.\n\n  ${editor.url}\n`);
  process.once('SIGINT', () => void editor.stop());
  process.once('SIGTERM', () => void editor.stop());
  await editor.exited;
}

function must({ status, error }) {
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function fail(message) {
  console.error(`vscode: ${message}`);
  process.exit(2);
}
