import { createRequire } from 'node:module';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { Problem } from '../../runs/problem';
import { EagerRuntime } from './eagerRuntime';

export type TfjsNodeName = 'tfjs-node-gpu' | 'tfjs-node';

export interface TfjsNode {
  readonly runtime: EagerRuntime;
  /** Why a GPU package computes on the processor all the same; `undefined` when it does what its name says. */
  readonly shortcoming: string | undefined;
}

/** What this module needs of the packages' backend. */
interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/** Under this name both packages register their backend. */
const backendName = 'tensorflow';

/**
 * Loads `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`. Neither is ever required: they are used where someone has
 * installed them.
 *
 * A package that lies in a tree of its own brings its own copy of `@tensorflow/tfjs-core`, and so may the bundle. That
 * does no harm: all copies in a process keep one engine and one registry of kernels and gradients under `globalThis`
 * (`_tfengine`, `_tfGlobals`), so the backend that one registers is there for all. It is checked here.
 *
 * @param from file from which the package is looked for, in the `node_modules` folders above it and in `NODE_PATH`.
 * @throws Problem that says precisely what is missing.
 */
export function loadTfjsNode(name: TfjsNodeName, threads: number, from: string = __filename): TfjsNode {
  const require = createRequire(from);
  const packageName = `@tensorflow/${name}`;
  restoreRemovedUtilities();
  limitThreads(threads);
  // A second copy of tfjs-core would warn of each of some hundred kernels that it finds registered.
  tf.env().set('PROD', true);

  const other = loaded.values().next().value;
  if (other !== undefined && other !== name) {
    throw new Problem(`${packageName} cannot be loaded beside @tensorflow/${other}, which this process already uses`, {
      exitCode: 1,
    });
  }
  let version: string;
  try {
    ({ version } = require(`${packageName}/package.json`) as { version: string });
    require(packageName);
  } catch (cause) {
    throw new Problem(`${packageName} ${whyItDoesNotLoad(cause as Error)}`, {
      hint: wayOut(packageName, cause as Error),
      exitCode: 1,
      cause,
    });
  }
  if (tf.findBackendFactory(backendName) === null) {
    throw new Problem(
      `${packageName} ${version} registers with another engine than TensorFlow.js ${tf.version_core} here`,
      { hint: `Install ${packageName}@${tf.version_core}.`, exitCode: 1 },
    );
  }
  loaded.add(name);
  const backend = tf.findBackend(backendName) as unknown as NodeBackend;
  const gpu = backend.isUsingGpuDevice;
  return {
    runtime: new EagerRuntime({
      name,
      backend: backendName,
      provider: gpu ? 'cuda' : 'cpu',
      threads,
      versions: { [packageName]: version, TensorFlow: backend.binding.TF_Version },
    }),
    shortcoming:
      name === 'tfjs-node-gpu' && !gpu
        ? 'TensorFlow found no usable GPU or CUDA library, so it computes on its native CPU kernels'
        : undefined,
  };
}

/** Of the two packages, the one that this process has loaded: both register the same backend. */
const loaded = new Set<TfjsNodeName>();

/**
 * Node 23 removed two functions of `node:util` that the packages still call (deprecated since Node 4 and 6). Their
 * compiled code looks them up on the module each time, so that defining them there is enough.
 */
export function restoreRemovedUtilities(): void {
  const utilities = util as unknown as Record<string, unknown>;
  utilities.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  utilities.isArray ??= (value: unknown) => Array.isArray(value);
}

/** TensorFlow reads its settings from the environment when its library loads; what the user has set stays. */
function limitThreads(threads: number): void {
  process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  process.env.OMP_NUM_THREADS ??= String(threads);
  // Its greetings would run into the progress bar. Errors still show.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
}

/** The rest of a sentence that begins with the package's name. */
export function whyItDoesNotLoad(error: Error): string {
  const { message } = error;
  const code = (error as NodeJS.ErrnoException).code;
  const firstLine = message.split('\n', 1)[0]!.trim();
  const library = /^(?:\S*\/)?(lib[^\s:/]+\.(?:so[.\d]*|dylib)): cannot open shared object file/m.exec(message)?.[1];
  if (library !== undefined) {
    return /tensorflow/.test(library)
      ? `is installed, but TensorFlow's library ${library} is missing`
      : `is installed, but the library ${library} that TensorFlow needs is missing`;
  }
  if (/native addon module \(tfjs_binding\.node\) can not be found/.test(message)) {
    return 'is installed, but its native addon (tfjs_binding.node) has not been built';
  }
  if (/Library not loaded|specified module could not be found/.test(message)) {
    return `is installed, but a library that its addon needs is missing (${firstLine})`;
  }
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
    const missing = /Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1];
    return missing === undefined || /^@tensorflow\/tfjs-node(-gpu)?(\/package\.json)?$/.test(missing)
      ? 'is not installed'
      : `is installed, but not completely: "${missing}" is missing`;
  }
  return `does not load (${firstLine})`;
}

function wayOut(packageName: string, error: Error): string {
  const why = whyItDoesNotLoad(error);
  if (why === 'is not installed') return `Install it with "npm install ${packageName}", or leave --accelerator out.`;
  if (why.includes('has not been built')) {
    return `Build it with "npm rebuild ${packageName} --build-addon-from-source", or leave --accelerator out.`;
  }
  return `Install ${packageName} anew, or leave --accelerator out.`;
}
