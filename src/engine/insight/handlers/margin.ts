import type { Handler } from '../inspector/handler';

/** The network's answer for one image: the margin of every pixel of the region that the run is evaluated on. */
export const margin: Handler<'margin'> = async (params, context, signal) => {
  const run = await context.run(params.run);
  const [image, checkpoint] = await Promise.all([
    context.images.read(run, params.image),
    context.checkpoints.read(run, params.epoch),
  ]);
  signal.throwIfAborted();
  const plan = await context.plan(run, image);
  const values = await context.networks.margin(run.experiment.model, checkpoint, image.image, plan, signal);
  const { top, left, height, width } = plan.region;
  return {
    result: { epoch: checkpoint.epoch, note: checkpoint.note, top, left, height, width },
    arrays: { margin: { shape: [height, width], values } },
  };
};
