import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../runs/problem';
import { borrowCpuKernels } from './borrowedKernels';
import { EagerRuntime } from './eagerRuntime';
import { registerFilterGradient } from './filterGradient';
import { replaceInputGradient } from './inputGradient';
import { replaceKernels } from './replacedKernels';

const backendName = 'wasm';
const binaries = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'];

let started: Promise<EagerRuntime> | undefined;

/**
 * TensorFlow.js's WebAssembly backend: runs on every machine that runs Node, and needs no native library. It gets the
 * kernels that it lacks for training.
 *
 * It uses one thread. The backend's threaded build starts its workers from `blob:` addresses, which Node's workers do not
 * take, so the package itself leaves it out under Node (https://github.com/tensorflow/tfjs/issues/3830).
 *
 * @throws Problem when its binaries are not where they should be, or cannot be started.
 */
export function loadWasm(): Promise<EagerRuntime> {
  started ??= start();
  return started;
}

async function start(): Promise<EagerRuntime> {
  // tfjs would greet every user of Node with advice to install another package.
  tf.env().set('PROD', true);
  const [{ setWasmPaths, version_wasm: version }] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm'),
    import('@tensorflow/tfjs-backend-cpu'),
  ]);
  setWasmPaths(`${folderOfBinaries()}/`);
  registerFilterGradient(backendName);
  replaceInputGradient(backendName);
  replaceKernels(backendName);
  borrowCpuKernels(backendName);
  const before = tf.getBackend();
  if (!(await withoutNewListeners(() => tf.setBackend(backendName)))) {
    throw new Problem('The WebAssembly backend of TensorFlow.js cannot be started', {
      hint: 'This Node may have WebAssembly switched off (--jitless), or too little memory.',
      exitCode: 1,
    });
  }
  if (before) await tf.setBackend(before);
  return new EagerRuntime({
    name: 'wasm',
    backend: backendName,
    provider: tf.env().getBool('WASM_HAS_SIMD_SUPPORT') ? 'wasm-simd' : 'wasm',
    threads: 1,
    versions: { '@tensorflow/tfjs-backend-wasm': version },
  });
}

/** The build lays the binaries beside the bundle; from the sources they are taken out of the package. */
function folderOfBinaries(): string {
  const beside = dirname(__filename);
  const folders = [beside, packageFolder()].filter((folder) => folder !== undefined);
  const complete = folders.find((folder) => binaries.every((name) => existsSync(join(folder, name))));
  if (complete === undefined) {
    throw new Problem(`The WebAssembly backend's binaries (${binaries.join(', ')}) are not in ${beside}`, {
      hint: 'Build or install Losscape anew.',
      exitCode: 1,
    });
  }
  return complete;
}

function packageFolder(): string | undefined {
  try {
    return dirname(createRequire(__filename).resolve('@tensorflow/tfjs-backend-wasm'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/**
 * Runs `work` and takes away the process-wide listeners that it leaves behind: the WebAssembly module's would turn every
 * unhandled rejection into an exception of its own and hide where it came from.
 */
async function withoutNewListeners<T>(work: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.listeners(event as 'exit')));
  const result = await work();
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as 'exit')) {
      if (!before[i]!.has(listener)) process.removeListener(event, listener);
    }
  });
  return result;
}
