import { answerOf, layerAnswer } from '../activations/activations';
import { findLayer } from '../activations/layers';
import type { Handler } from '../inspector/handler';

/** What a layer answers to an image, in one pass over the image or, where it is too large for that, its centre. */
export const activations: Handler<'activations'> = async (params, context, signal) => {
  const run = await context.run(params.run);
  const { model } = run.experiment;
  const layer = findLayer(model, params.layer);
  const [image, checkpoint] = await Promise.all([
    context.images.read(run, params.image),
    context.checkpoints.read(run, params.epoch),
  ]);
  signal.throwIfAborted();
  const tile = await context.tile(run, image);
  const size = tile.plan.tile;
  const spec = {
    key: JSON.stringify([model, size, layer.name]),
    make: () => layerAnswer(model, size, layer.name),
  };
  const features = await context.layerNetworks.using(spec, checkpoint, signal, async (program) => {
    return (await program.run({ images: tile.images })).features!;
  });
  const { height, width, region } = answerOf(layer, tile, features);
  const cropped = tile.cropped ? 'The image is too large for one pass: these are the features of its centre.' : null;
  return {
    result: {
      epoch: checkpoint.epoch,
      note: [checkpoint.note, cropped].filter((note) => note !== null).join(' ') || null,
      layer: layer.name,
      ...region,
    },
    arrays: { features: { shape: [layer.channels, height, width], values: features } },
  };
};
