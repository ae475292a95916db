import { describe, expect, it } from 'vitest';
import { loadRuntime } from '../../../src/engine/accelerators/chooseRuntime';
import { loadOnnxRuntime } from '../../../src/engine/compile/onnxRuntime';
import { type Diagnosis, doctorCommand, type Parts } from '../../../src/engine/cli/doctorCommand';
import type { CommandIo } from '../../../src/engine/cli/io';
import { Problem } from '../../../src/runs/problem';

async function run(json: boolean, parts?: Parts): Promise<{ code: number; text: string }> {
  let text = '';
  const stream = { write: (more: string) => (text += more) };
  const io: CommandIo = { stdout: stream, stderr: stream };
  return { code: await doctorCommand({ json }, io, parts), text };
}

const images = () => import('../../../src/engine/data/libvips');
const broken = (): never => {
  throw new Problem("ONNX Runtime's native library does not load: wrong ELF class", { exitCode: 1 });
};

describe('losscape doctor', () => {
  it('says what runs here', async () => {
    const { code, text } = await run(true);
    const diagnosis = JSON.parse(text) as Diagnosis;
    expect(code).toBe(0);
    expect(diagnosis).toMatchObject({
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      onnxRuntime: { available: true, version: '1.30.0' },
      images: { available: true, sharp: '0.35.5' },
      chosen: { name: 'onnx', provider: 'cpu', threads: diagnosis.threads, fallback: false },
    });
    expect(diagnosis.onnxRuntime).toMatchObject({
      providers: expect.arrayContaining([{ name: 'cpu', bundled: true }]) as unknown,
    });
    expect(diagnosis.images).toMatchObject({
      formats: expect.arrayContaining(['jpeg', 'png', 'tiff', 'webp']) as unknown,
    });
    const states = Object.fromEntries(diagnosis.accelerators.map((state) => [state.name, state]));
    expect(states.onnx).toMatchObject({ available: true });
    expect(states.wasm).toMatchObject({ available: true, provider: 'wasm-simd', threads: 1 });
    expect(Object.keys(states)).toEqual(['onnx', 'tfjs-node-gpu', 'tfjs-node', 'wasm']);
  });

  it('says it in words', async () => {
    const { code, text } = await run(false);
    expect(code).toBe(0);
    expect(text).toContain(`Node          ${process.versions.node} on `);
    expect(text).toMatch(/^ONNX Runtime {2}1\.30\.0: cpu/m);
    expect(text).toMatch(/^Images {8}sharp 0\.35\.5, libvips \S+: .*png/m);
    expect(text).toMatch(/^wasm +yes +wasm-simd, 1 thread/m);
    expect(text).toMatch(/^Training uses onnx \(cpu, \d+ threads?\): compiled by ONNX Runtime, the default\.$/m);
  });

  it('works where ONNX Runtime does not load, and names what runs instead', async () => {
    const { code, text } = await run(true, {
      load: (name, options) => (name === 'wasm' ? loadRuntime(name, options) : broken()),
      onnxRuntime: broken,
      images,
    });
    const { chosen, onnxRuntime, accelerators } = JSON.parse(text) as Diagnosis;
    expect(code).toBe(0);
    expect(onnxRuntime).toEqual({
      available: false,
      reason: "ONNX Runtime's native library does not load: wrong ELF class",
    });
    expect(accelerators.map(({ available }) => available)).toEqual([false, false, false, true]);
    expect(chosen).toMatchObject({
      name: 'wasm',
      fallback: true,
      reason: "ONNX Runtime's native library does not load: wrong ELF class; wasm runs instead",
    });
  });

  it('works where nothing loads', async () => {
    const { code, text } = await run(false, {
      load: () => Promise.reject(new Error('no\nstack')),
      onnxRuntime: broken,
      images: () => Promise.reject(new Error('Could not load the "sharp" module')),
    });
    expect(code).toBe(1);
    expect(text).toContain('Could not load the "sharp" module');
    expect(text).toMatch(/^wasm +no +no$/m);
  });

  it('says when images cannot be read', async () => {
    const { code } = await run(true, {
      load: loadRuntime,
      onnxRuntime: loadOnnxRuntime,
      images: () => Promise.reject(new Error('Could not load the "sharp" module')),
    });
    expect(code).toBe(1);
  });
});
