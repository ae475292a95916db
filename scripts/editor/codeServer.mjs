// VS Code without a download of VS Code: code-server is the same workbench and the same extension host, out of the npm
// registry, shown by a browser. Made once in .cache/editor (about two minutes and 800 MB), then only started.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { cache } from './paths.mjs';

const version = '4.139.1';
/** code-server's own modules are compiled for this Node and run on it. */
const nodeMajor = 24;
const node = join(cache, 'node/node_modules/node/bin/node');
const home = join(cache, 'server/node_modules/code-server');
const entry = join(home, 'out/node/entry.js');
const finished = join(cache, `code-server-${version}.done`);

/** Makes what is missing of the editor. Throws an Error that says what to install when it cannot. */
export async function ensureCodeServer(log = console.log) {
  if (existsSync(finished)) return;
  if (process.platform === 'win32') throw new Error('code-server does not run on Windows: install VS Code itself');
  ensureHeaders(log);
  log(`Making code-server ${version} in .cache/editor, once; this takes about two minutes.`);
  const log_ = join(cache, 'install.log');
  await mkdir(cache, { recursive: true });
  await writeFile(log_, '');
  await npmInstall('node', [`node@${nodeMajor}`], log_);
  await npmInstall('server', ['--ignore-scripts', `code-server@${version}`], log_);
  await command('bash', ['postinstall.sh'], { cwd: home, log: log_ });
  await writeFile(finished, `${new Date().toISOString()}\n`);
}

/**
 * Starts the editor on a folder with nothing but the given extensions.
 * @param options `vsix`: packages to install; `folder`: what to open; `files`: what to open in it; `profile`: where it keeps settings and extensions, a
 *   temporary folder unless given; `trusted`: whether every folder is trusted; `settings`: of the user; `env`: for it and
 *   the extensions in it.
 * @returns `url`, `profile`, and `stop()`, which also removes a temporary profile.
 */
export async function startCodeServer({
  vsix,
  folder,
  files = [],
  profile,
  trusted = true,
  settings = {},
  env = {},
  port,
}) {
  await ensureCodeServer();
  const temporary = profile === undefined;
  const kept = profile ?? (await mkdtemp(join(tmpdir(), 'losscape-editor-')));
  const places = ['--extensions-dir', join(kept, 'extensions'), '--user-data-dir', join(kept, 'data')];
  const own = { ...environment(), ...env, CODE_SERVER_CONFIG: join(kept, 'config.yaml') };
  await mkdir(join(kept, 'data/User'), { recursive: true });
  const defaults = existsSync(join(kept, 'data/User/settings.json')) ? undefined : { ...quiet, ...settings };
  if (defaults) await writeFile(join(kept, 'data/User/settings.json'), JSON.stringify(defaults, null, 2));
  for (const file of vsix) {
    const { status, stdout, stderr } = spawnSync(node, [entry, ...places, '--install-extension', file, '--force'], {
      env: own,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`code-server could not install ${file}\n${stdout}${stderr}`);
  }
  const chosen = port ?? (await freePort());
  const options = ['--auth', 'none', '--bind-addr', `127.0.0.1:${chosen}`, '--disable-telemetry'];
  options.push('--disable-update-check', '--disable-getting-started-override');
  if (trusted) options.push('--disable-workspace-trust');
  const server = spawn(node, [entry, ...places, ...options, ...(folder ? [folder] : ['--ignore-last-opened'])], {
    env: own,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (data) => (output += data));
  const host = `127.0.0.1:${chosen}`;
  const payload = JSON.stringify(files.map((file) => ['openFile', `vscode-remote://${host}${encodeURI(file)}`]));
  const query = new URLSearchParams({
    ...(folder ? { folder } : { ew: 'true' }),
    ...(files.length === 0 ? {} : { payload }),
  });
  const url = `http://${host}/?${query}`;
  await answering(`http://127.0.0.1:${chosen}/healthz`, server, () => output);
  return {
    url,
    profile: kept,
    output: () => output,
    exited: new Promise((resolve) => server.once('exit', resolve)),
    async stop() {
      await stopGroup(server);
      if (temporary) await rm(kept, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** Settings under which nothing pops up that has nothing to do with what is looked at. */
export const quiet = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'window.commandCenter': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
};

/** With this Node first, and with what code-server's install script asks of npm. */
function environment() {
  return {
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
    npm_config_user_agent: `npm/11 node/v${nodeMajor}.0.0 linux x64`,
  };
}

async function npmInstall(name, args, log) {
  const folder = join(cache, name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const env = name === 'node' ? process.env : environment();
  await command('npm', ['install', '--no-audit', '--no-fund', ...args], { cwd: folder, log, env });
}

async function command(program, args, { cwd, log, env = environment() }) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  await writeFile(log, `$ ${program} ${args.join(' ')}\n${stdout}${stderr}\n`, { flag: 'a' });
  if (error) throw error;
  if (status === 0) return;
  const tail = (await readFile(log, 'utf8')).split('\n').slice(-20).join('\n');
  throw new Error(`"${program} ${args.join(' ')}" failed; the whole output is in ${log}\n${tail}`);
}

/** The headers that one of its modules is compiled against. */
function ensureHeaders(log) {
  if (process.platform !== 'linux' || existsSync('/usr/include/krb5.h')) return;
  install(['libkrb5-dev', 'g++', 'make', 'python3'], log);
}

/** Installs Debian packages where that is allowed; else says what to install. */
export function install(packages, log = console.log) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    throw new Error(`Something is missing on this machine. Install it with: sudo ${command}`);
  }
  log(`Installing ${packages.join(', ')}.`);
  const run = () =>
    spawnSync('sh', ['-c', command], { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  let result = run();
  if (result.status !== 0) {
    spawnSync('apt-get', ['update'], { stdio: 'ignore' });
    result = run();
  }
  if (result.status !== 0) throw new Error(`"${command}" failed\n${result.stdout}${result.stderr}`);
}

async function answering(url, server, output) {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    if (server.exitCode !== null) throw new Error(`code-server ended with ${server.exitCode}\n${output()}`);
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false, // not listening yet
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`code-server does not answer\n${output()}`);
}

/** Ends the server and the extension hosts it has started. */
async function stopGroup(server) {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  const signal = (name) => {
    try {
      process.kill(-server.pid, name);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  signal('SIGTERM');
  const timer = setTimeout(() => signal('SIGKILL'), 5000);
  await gone;
  clearTimeout(timer);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
