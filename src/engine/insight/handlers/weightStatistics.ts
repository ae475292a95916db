import { readSteps } from '../../../runs/stepsTable';
import type { Handler } from '../inspector/handler';
import { readWeightStatistics } from '../weights/statistics';

/** What became of each layer's weights over training, and which of its filters never fire. */
export const weightStatistics: Handler<'weightStatistics'> = async (params, context, signal) => {
  const run = await context.run(params.run);
  const { parameters, rows } = await readSteps(run.folder);
  signal.throwIfAborted();
  const statistics = await readWeightStatistics(
    {
      run,
      parameters,
      rows,
      runtime: () => context.runtime(),
      checkpoint: (epoch) => context.checkpoints.read(run, epoch),
      tile: async (name) => context.tile(run, await context.images.read(run, { name, split: 'train' })),
    },
    params,
    signal,
  );
  const { layers, columns, epochs, measured, values, ...result } = statistics;
  const matrix = (values: Float32Array, width: number) => ({ shape: [layers.length, width], values });
  return {
    result: { layers, epochs, measuredEpochs: measured, ...result },
    arrays: {
      stepChanges: matrix(values.stepChanges, columns),
      norms: matrix(values.norms, epochs.length),
      biasNorms: matrix(values.biasNorms, epochs.length),
      changes: matrix(values.changes, epochs.length),
      deadFilters: { shape: [layers.length, measured.length], values: values.deadFilters },
      active: matrix(values.active, measured.length),
    },
  };
};
