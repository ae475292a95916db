import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import {
  type AcceleratorName,
  type AcceleratorRequest,
  chooseRuntime,
  loadRuntime,
  type LoadRuntime,
} from '../../../src/engine/accelerators/chooseRuntime';
import { EagerRuntime } from '../../../src/engine/accelerators/eagerRuntime';
import { defaultThreads, parseShare } from '../../../src/engine/accelerators/threads';
import type { OnnxProvider } from '../../../src/engine/compile/onnxRuntime';
import { Problem } from '../../../src/runs/problem';
import { train } from './tinyTraining';

tf.env().set('PROD', true);

/** A machine on which only these load; a string is a shortcoming. */
function machine(has: Partial<Record<AcceleratorName, true | string>>): LoadRuntime {
  return (name) => {
    const state = has[name];
    if (state === undefined) return Promise.reject(new Problem(`${name} is not here`, { exitCode: 1 }));
    const runtime = new EagerRuntime({ name, backend: 'cpu', provider: 'cpu', threads: 1, versions: {} });
    return Promise.resolve({ runtime, shortcoming: state === true ? undefined : state });
  };
}

describe('the choice of a runtime', () => {
  it('is the compiled one by default', async () => {
    const { runtime, reason, fallback } = await chooseRuntime('auto', { threads: 2 });
    expect(runtime).toMatchObject({ name: 'onnx', provider: 'cpu', threads: 2 });
    expect({ reason, fallback }).toEqual({ reason: 'compiled by ONNX Runtime, the default', fallback: false });
  });

  it('takes what was asked for', async () => {
    const { runtime, reason, fallback } = await chooseRuntime('wasm');
    expect(runtime.name).toBe('wasm');
    expect({ reason, fallback }).toEqual({ reason: 'wasm was asked for', fallback: false });
  });

  it('trains alike on whatever it chooses', async () => {
    const a = await train((await chooseRuntime('onnx', { threads: 2 })).runtime);
    const b = await train((await chooseRuntime('wasm')).runtime);
    a.losses.forEach((loss, i) => expect(Math.abs(loss - b.losses[i]!)).toBeLessThan(1e-5));
  });

  it('goes through the eager ones where ONNX Runtime does not load, and says so', async () => {
    const { runtime, reason, fallback } = await chooseRuntime('auto', {}, machine({ 'tfjs-node': true, wasm: true }));
    expect(runtime.name).toBe('tfjs-node');
    expect(reason).toBe('onnx is not here; tfjs-node runs instead');
    expect(fallback).toBe(true);
  });

  it('says when a GPU package computes on the processor', async () => {
    const load = machine({ 'tfjs-node-gpu': 'no GPU was found', wasm: true });
    expect(await chooseRuntime('auto', {}, load)).toMatchObject({
      reason: 'onnx is not here; tfjs-node-gpu runs instead; no GPU was found',
      fallback: true,
    });
    expect(await chooseRuntime('tfjs-node-gpu', {}, load)).toMatchObject({
      reason: 'tfjs-node-gpu was asked for; no GPU was found',
      fallback: true,
    });
  });

  it.each<[AcceleratorRequest, OnnxProvider | undefined, 1 | 2, string]>([
    ['tfjs-node', undefined, 1, 'tfjs-node is not here'],
    ['auto', 'cuda', 1, 'onnx is not here'],
    ['wasm', 'cuda', 2, 'wasm has no providers: --provider is for ONNX Runtime'],
  ])('refuses what cannot be had: %s, provider %s', async (request, provider, exitCode, message) => {
    const attempt = chooseRuntime(request, { provider }, machine({ wasm: true }));
    await expect(attempt).rejects.toMatchObject({ name: 'Problem', exitCode, message });
  });

  it('refuses a provider that this ONNX Runtime does not have', async () => {
    const missing = process.platform === 'win32' ? 'coreml' : 'dml';
    await expect(chooseRuntime('onnx', { provider: missing })).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining(
        `ONNX Runtime has no provider "${missing}" on this machine, only cpu`,
      ) as unknown,
    });
  });

  it('gives every reason where nothing runs', async () => {
    await expect(chooseRuntime('auto', {}, machine({}))).rejects.toThrow(
      'onnx is not here. tfjs-node-gpu is not here. tfjs-node is not here. wasm is not here.',
    );
  });

  it('does not take a defect for a missing library', async () => {
    const load: LoadRuntime = () => Promise.reject(new TypeError('a defect'));
    await expect(chooseRuntime('auto', {}, load)).rejects.toThrow(TypeError);
  });

  it('loads each by its name', async () => {
    const { runtime } = await loadRuntime('wasm', { threads: 3, provider: 'cpu' });
    expect(runtime.name).toBe('wasm');
  });
});

it('threads follow the share of time that a container grants', () => {
  expect(defaultThreads()).toBeGreaterThanOrEqual(1);
  expect(parseShare('150000 100000\n')).toBe(1.5);
  expect(parseShare('max 100000\n')).toBe(Infinity);
});
