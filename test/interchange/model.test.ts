import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportCommand } from '../../src/engine/cli/exportCommand';
import { OnnxRuntimeEngine } from '../../src/engine/compile/onnxRuntime';
import { randomFor } from '../../src/engine/data/random';
import { unetGeometry } from '../../src/engine/data/geometry';
import type { ModelConfig } from '../../src/engine/experiment/schema';
import { forwardPass } from '../../src/engine/training/trainingStep';
import { temporaryFolder } from '../runs/support';
import { pythonWith, runPython } from './python';
import { writeRun } from './trainedRun';

const python = pythonWith(['onnx', 'onnxruntime', 'torch', 'safetensors', 'numpy']);

const floats = (file: string): Float32Array => {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
};

function worstDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

describe.skipIf(python === undefined)('an exported model in Python', () => {
  const models: [string, ModelConfig, [number, number]][] = [
    ['same padding', { filters: 16, depth: 2, padding: 'same', classes: 2, channels: 3 }, [40, 48]],
    ['valid padding, depth 4', { filters: 4, depth: 4, padding: 'valid', classes: 2, channels: 3 }, [20, 36]],
    ['grey images', { filters: 8, depth: 1, padding: 'same', classes: 2, channels: 1 }, [18, 30]],
  ];
  it.each(models)(
    "passes onnx's checker; ONNX Runtime and PyTorch give our logits: %s",
    async (_, model, size) => {
      const folder = temporaryFolder();
      const { folder: run, checkpoint, weights } = await writeRun(folder, model, { crop: size });
      const { tile, output } = unetGeometry(model, size);
      const random = randomFor(2, 'interchange');
      const images = Float32Array.from({ length: model.channels * tile[0] * tile[1] }, () => random.next());
      const forward = await new OnnxRuntimeEngine('cpu', 1).compile(forwardPass(model, 1, tile));
      await forward.writeState(Object.fromEntries(weights.map(({ name, data }) => [name, data])));
      const ours = (await forward.run({ images })).logits!;
      await forward.dispose();

      const file = (name: string): string => join(folder, name);
      const printed: string[] = [];
      const stream = { write: (text: string) => printed.push(text) };
      const code = await exportCommand(
        { run, runsFolder: folder, onnx: file('unet.onnx') },
        { stdout: stream, stderr: stream },
      );
      expect(code).toBe(0);
      expect(printed.join('')).toContain(file('unet.onnx'));

      writeFileSync(file('images'), images);
      const checked = runPython(python!, 'check_model.py', [
        file('unet.onnx'),
        checkpoint,
        file('images'),
        JSON.stringify(model),
        file('onnx-logits'),
        file('torch-logits'),
      ]) as { shape: number[]; operators: string[]; documentation: string };

      expect(checked.shape).toEqual([1, model.classes, ...output]);
      // The standard operators have no domain.
      for (const operator of checked.operators) expect(operator).toMatch(/^\.\w+$/);
      expect(checked.documentation).toContain('focal γ=2');
      expect(worstDifference(floats(file('onnx-logits')), ours)).toBeLessThan(1e-5);
      expect(worstDifference(floats(file('torch-logits')), ours)).toBeLessThan(1e-5);
    },
    120_000,
  );
});
