import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { build } from 'esbuild';
import { run } from '../../src/engine/cli/program';

const root = resolve(import.meta.dirname, '../..');

/** Runs the command line in this process. */
export async function losscape(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await run(['node', 'losscape', ...args], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  });
  return { code, out, err };
}

/** The events that `--json` printed. */
export function events<T>(out: string): T[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

/** Bundles the command line; gives the file, in a folder of its own that the caller removes. */
export async function bundleCommandLine(): Promise<{ folder: string; program: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'losscape-cli-'));
  const program = join(folder, 'cli.cjs');
  await build({
    entryPoints: [join(root, 'src/engine/cli.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node', 'sharp', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
    banner: { js: `const importMetaUrl = require('node:url').pathToFileURL(__filename).href;` },
    define: { 'import.meta.url': 'importMetaUrl' },
    logLevel: 'error',
  });
  return { folder, program };
}

/** The bundled command line as a process of its own. Its output must be read: a pipe that is full holds it up. */
export function startCommandLine(program: string, args: readonly string[]): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, [program, ...args], {
    env: { ...process.env, NODE_PATH: join(root, 'node_modules') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
