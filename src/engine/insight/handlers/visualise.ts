import type { Handler } from '../inspector/handler';
import { visualise as makePicture } from '../visualisation/visualise';

/** A picture that makes one feature map of a run's network large. */
export const visualise: Handler<'visualise'> = async (params, context, signal) => {
  const { run: folder, epoch, ...options } = params;
  const run = await context.run(folder);
  const checkpoint = await context.checkpoints.read(run, epoch);
  signal.throwIfAborted();
  const runtime = await context.runtime();
  const { model } = run.experiment;
  const { height, width, picture, activation, withoutSlope } = await makePicture(
    runtime,
    model,
    checkpoint.weights,
    options,
    { signal },
  );
  return {
    result: { epoch: checkpoint.epoch, note: checkpoint.note, height, width, activation, withoutSlope },
    arrays: { picture: { shape: [height, width, 3], values: picture } },
  };
};
