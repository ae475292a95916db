import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadTfjsNode, restoreRemovedUtilities, whyItDoesNotLoad } from '../../../src/engine/accelerators/tfjsNode';
import { OnnxRuntimeEngine } from '../../../src/engine/compile/onnxRuntime';
import { Problem } from '../../../src/runs/problem';
import { adam, everyLoss, predict, sgd, tinyModel, train, trainer, worstDifference } from './tinyTraining';

const require = createRequire(__filename);

/** What the packages and the system's loader say, word for word. */
const said = {
  addon: `The Node.js native addon module (tfjs_binding.node) can not be found at path: /x/lib/napi-v8/tfjs_binding.node.
Please run command 'npm rebuild @tensorflow/tfjs-node --build-addon-from-source' to rebuild the native addon module.`,
  tensorflow: 'libtensorflow.so.2: cannot open shared object file: No such file or directory',
  cuda: '/x/deps/lib/libcudart.so.11.0: cannot open shared object file: No such file or directory',
};

describe('a TensorFlow package that cannot be used', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'losscape-tfjs-node-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Installs a package in which something is wrong. */
  async function install(name: string, code: string): Promise<void> {
    const at = join(folder, 'node_modules/@tensorflow', name);
    await mkdir(at, { recursive: true });
    await writeFile(
      join(at, 'package.json'),
      JSON.stringify({ name: `@tensorflow/${name}`, version: '4.22.0', main: 'index.js' }),
    );
    await writeFile(join(at, 'index.js'), code);
  }
  const load = (name: 'tfjs-node' | 'tfjs-node-gpu'): unknown => loadTfjsNode(name, 2, join(folder, 'cli.cjs'));

  it('because it is not installed', () => {
    const attempt = (): unknown => load('tfjs-node-gpu');
    expect(attempt).toThrow(Problem);
    expect(attempt).toThrow(
      expect.objectContaining({ exitCode: 1, message: '@tensorflow/tfjs-node-gpu is not installed' }),
    );
  });

  it.each([
    [
      'its addon has not been built',
      said.addon,
      'is installed, but its native addon (tfjs_binding.node) has not been built',
    ],
    [
      'there is no libtensorflow',
      said.tensorflow,
      "is installed, but TensorFlow's library libtensorflow.so.2 is missing",
    ],
    [
      'a library of the GPU is missing',
      said.cuda,
      'is installed, but the library libcudart.so.11.0 that TensorFlow needs is missing',
    ],
    ['of something else', 'invalid ELF header\n  at x', 'does not load (invalid ELF header)'],
  ])('because %s', async (_, message, expected) => {
    await install('tfjs-node', `throw new Error(${JSON.stringify(message)});`);
    expect(() => load('tfjs-node')).toThrow(
      expect.objectContaining({ name: 'Problem', exitCode: 1, message: `@tensorflow/tfjs-node ${expected}` }),
    );
  });

  it('because a part of it is missing', async () => {
    await install('tfjs-node', "require('losscape-has-no-such-package');");
    expect(() => load('tfjs-node')).toThrow(
      'is installed, but not completely: "losscape-has-no-such-package" is missing',
    );
  });

  it('because it registers nothing here', async () => {
    await install('tfjs-node', '');
    expect(() => load('tfjs-node')).toThrow('registers with another engine');
  });

  it('knows the messages of other systems', () => {
    expect(
      whyItDoesNotLoad(new Error('The specified module could not be found.\n\\\\?\\C:\\x\\tfjs_binding.node')),
    ).toBe('is installed, but a library that its addon needs is missing (The specified module could not be found.)');
  });
});

it('defines the functions that Node 23 removed', () => {
  const util = require('node:util') as Record<string, unknown>;
  // They stay as defined here, so that what follows runs on any Node as it would on 23.
  delete util.isArray;
  delete util.isNullOrUndefined;
  restoreRemovedUtilities();
  const { isArray, isNullOrUndefined } = util as Record<string, (value: unknown) => boolean>;
  expect([[], {}, null].map((value) => isArray!(value))).toEqual([true, false, false]);
  expect([null, undefined, 0].map((value) => isNullOrUndefined!(value))).toEqual([true, true, false]);
});

const installed = (['tfjs-node-gpu', 'tfjs-node'] as const).find((name) => {
  try {
    require.resolve(`@tensorflow/${name}/package.json`);
    return true;
  } catch {
    return false;
  }
});

// Runs where one of the packages is installed, or NODE_PATH leads to one.
describe.skipIf(installed === undefined)('a TensorFlow package that is installed', () => {
  it('trains as the compiled programs do', async () => {
    const { runtime } = loadTfjsNode(installed!, 2, __filename);
    const compiled = new OnnxRuntimeEngine('cpu', 2);
    for (const loss of everyLoss) {
      const a = await train(compiled, { loss, optimizer: adam });
      const b = await train(runtime, { loss, optimizer: adam });
      a.losses.forEach((value, i) => expect(Math.abs(value - b.losses[i]!)).toBeLessThan(1e-5));
      expect(worstDifference(a.state, b.state)).toBeLessThan(1e-5);
    }
    const model = { ...tinyModel, depth: 1, padding: 'valid' as const };
    expect(
      worstDifference((await train(compiled, { model })).state, (await train(runtime, { model })).state),
    ).toBeLessThan(1e-5);
    const logits = await predict(compiled, tinyModel, 16);
    expect(worstDifference({ logits }, { logits: await predict(runtime, tinyModel, 16) })).toBeLessThan(1e-5);
  });

  it('holds no more tensors after 100 steps', async () => {
    const { runtime } = loadTfjsNode(installed!, 2, __filename);
    const { program, step } = await trainer(runtime, {
      model: tinyModel,
      loss: { type: 'crossEntropy' },
      optimizer: sgd,
      size: 16,
      batchSize: 2,
    });
    await step(1);
    const held = tf.memory().numTensors;
    for (let n = 2; n <= 100; n++) await step(n);
    expect(tf.memory().numTensors).toBe(held);
    await program.dispose();
  });
});
