import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { exportModel } from '../../../src/engine/compile/exportModel';
import { OnnxRuntimeEngine, loadOnnxRuntime } from '../../../src/engine/compile/onnxRuntime';
import { randomFor } from '../../../src/engine/data/random';
import { unetGeometry } from '../../../src/engine/data/geometry';
import type { ModelConfig } from '../../../src/engine/experiment/schema';
import { forwardPass } from '../../../src/engine/training/trainingStep';
import { initializeParameters } from '../../../src/engine/unet/initializers';
import { unetParameters } from '../../../src/engine/unet/unet';

const provenance = { run: 'a-run', experiment: 'disc', loss: 'focal γ=2', epoch: 3 };

function weightsOf(model: ModelConfig) {
  const values = initializeParameters(unetParameters(model), 'default', 5);
  return unetParameters(model).map(({ name, shape }) => ({ name, shape, data: values[name]! }));
}

async function exported(model: ModelConfig, size: readonly [number, number]) {
  const { tile, output } = unetGeometry(model, size);
  const weights = weightsOf(model);
  const bytes = await exportModel(model, weights, tile, provenance);
  return { tile, output, weights, bytes, decoded: onnx.ModelProto.decode(bytes) };
}

const same: ModelConfig = { filters: 16, depth: 2, padding: 'same', classes: 2, channels: 3 };
const valid: ModelConfig = { filters: 4, depth: 3, padding: 'valid', classes: 2, channels: 1 };

describe('an exported model', () => {
  const models: [string, ModelConfig, [number, number]][] = [
    ['same padding', same, [40, 48]],
    ['valid padding, one channel', valid, [36, 52]],
  ];

  it.each(models)('gives the logits of the forward pass that evaluates a run: %s', async (_, model, size) => {
    const { tile, output, weights, bytes } = await exported(model, size);
    const random = randomFor(1, 'export');
    const images = Float32Array.from({ length: model.channels * tile[0] * tile[1] }, () => random.next());

    const forward = await new OnnxRuntimeEngine('cpu', 1).compile(forwardPass(model, 1, tile));
    await forward.writeState(Object.fromEntries(weights.map(({ name, data }) => [name, data])));
    const expected = (await forward.run({ images })).logits!;
    await forward.dispose();

    const { InferenceSession, Tensor } = loadOnnxRuntime();
    const session = await InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
    const { logits } = await session.run({ images: new Tensor('float32', images, [1, model.channels, ...tile]) });
    await session.release();
    expect(logits!.dims).toEqual([1, model.classes, ...output]);
    const values = logits!.data as Float32Array;
    expect(values.some((value) => value !== 0)).toBe(true);
    const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    expect(worst).toBeLessThan(1e-5);
  });

  it.each(models)('consists of standard operators only: %s', async (_, model, size) => {
    const { decoded } = await exported(model, size);
    expect(decoded.opsetImport.map(({ domain }) => domain)).toEqual(['']);
    const nodes = decoded.graph!.node!;
    expect(nodes.every(({ domain }) => domain === '' || domain === undefined)).toBe(true);
    const operators = ['Add', 'Concat', 'Conv', 'ConvTranspose', 'MaxPool', 'Relu', 'Reshape', 'Slice'];
    for (const { opType } of nodes) expect(operators).toContain(opType);
  });

  it.each(models)('names its nodes after layers: %s', async (_, model, size) => {
    const { decoded } = await exported(model, size);
    const nodes = decoded.graph!.node!;
    const layers = new Set(unetParameters(model).map(({ layer }) => layer));
    const convolutions = nodes.filter(({ opType }) => opType === 'Conv' || opType === 'ConvTranspose');
    expect(convolutions.map(({ name }) => name)).toEqual([...layers]);
    expect(new Set(nodes.map(({ name }) => name)).size).toBe(nodes.length);
    // What belongs to no layer's weights says which layer it follows.
    for (const { name } of nodes) expect([...layers].some((layer) => name!.startsWith(layer))).toBe(true);
  });

  it('keeps the weights under their names, in the layouts of the checkpoint', async () => {
    const { decoded, weights, tile, output } = await exported(same, [16, 16]);
    const stored = new Map(decoded.graph!.initializer!.map((tensor) => [tensor.name!, tensor]));
    for (const { name, shape, data } of weights) {
      const tensor = stored.get(name)!;
      expect(tensor.dims!.map(Number)).toEqual(shape);
      const bytes = Uint8Array.from(tensor.rawData!);
      expect(new Float32Array(bytes.buffer)).toEqual(data);
    }
    const dims = (port: onnx.IValueInfoProto) => port.type!.tensorType!.shape!.dim!.map((dim) => Number(dim.dimValue));
    expect(decoded.graph!.input!.map((port) => [port.name, dims(port)])).toEqual([['images', [1, 3, ...tile]]]);
    expect(decoded.graph!.output!.map((port) => [port.name, dims(port)])).toEqual([['logits', [1, 2, ...output]]]);
  });

  it('says where it comes from', async () => {
    const { decoded } = await exported(same, [16, 16]);
    expect(decoded.producerName).toBe('losscape');
    expect(decoded.docString).toContain('experiment "disc", trained under focal γ=2: epoch 3 of run a-run');
  });

  it('refuses a checkpoint that lacks a tensor, and names it', async () => {
    const weights = weightsOf(same).filter(({ name }) => name !== 'bottom.conv2.bias');
    await expect(exportModel(same, weights, [16, 16], provenance)).rejects.toThrow('no tensor "bottom.conv2.bias"');
  });

  it('refuses a tensor of another shape, and names it', async () => {
    const weights = weightsOf({ ...same, filters: 8 });
    await expect(exportModel(same, weights, [16, 16], provenance)).rejects.toThrow(
      'tensor "encoder.0.conv1.weight" has the shape [8, 3, 3, 3], the model needs [16, 3, 3, 3]',
    );
  });
});
