import type { RunInit } from '../../src/runs/newRun';
import type { MetricsRow } from '../../src/runs/metricsTable';
import { RunWriter } from '../../src/runs/runWriter';
import type { NamedTensor } from '../../src/runs/safetensors';
import type { ModelConfig } from '../../src/engine/experiment/schema';
import { initializeParameters } from '../../src/engine/unet/initializers';
import { countParameters, unetParameters } from '../../src/engine/unet/unet';
import { runInit } from '../runs/support';

/** Weights that no two layers share. */
export function someWeights(model: ModelConfig): NamedTensor[] {
  const values = initializeParameters(unetParameters(model), 'default', 7);
  return unetParameters(model).map(({ name, shape }) => ({ name, shape, data: values[name]! }));
}

/** A run on disk as training leaves it after one epoch: checkpoint and metrics. */
export async function writeRun(
  runs: string,
  model: ModelConfig,
  { crop, metrics = [] }: { crop: readonly [number, number]; metrics?: readonly MetricsRow[] },
): Promise<{ folder: string; checkpoint: string; weights: NamedTensor[] }> {
  const init: RunInit = {
    ...runInit,
    experiment: { name: 'disc', model, input: { crop, flip: true } },
    parameters: countParameters(unetParameters(model)),
  };
  const writer = await RunWriter.create(runs, init);
  const weights = someWeights(model);
  const checkpoint = await writer.writeCheckpoint(1, weights);
  if (metrics.length > 0) await writer.appendMetrics(metrics);
  await writer.update({ status: 'finished', epochsDone: 1 });
  await writer.close();
  return { folder: writer.folder, checkpoint, weights };
}
