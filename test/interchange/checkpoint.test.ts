import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../src/engine/experiment/schema';
import { temporaryFolder } from '../runs/support';
import { pythonWith, runPython } from './python';
import { writeRun } from './trainedRun';

const python = pythonWith(['safetensors', 'numpy']);

describe.skipIf(python === undefined)("a checkpoint in Python's safetensors", () => {
  it('has the names, shapes and values that were saved', async () => {
    const model: ModelConfig = { filters: 2, depth: 2, padding: 'same', classes: 2, channels: 3 };
    const { checkpoint, weights } = await writeRun(temporaryFolder(), model, { crop: [16, 16] });
    const read = runPython(python!, 'read_checkpoint.py', [checkpoint]) as {
      tensors: Record<string, { type: string; shape: number[]; values: number[] }>;
    };
    expect(Object.keys(read.tensors).sort()).toEqual(weights.map(({ name }) => name).sort());
    for (const { name, shape, data } of weights) {
      expect(read.tensors[name]).toEqual({ type: 'float32', shape, values: [...data] });
    }
  });
});
