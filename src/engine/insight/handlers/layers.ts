import { networkLayers } from '../activations/layers';
import type { Handler } from '../inspector/handler';

/** The layers of a run's network, in the order of the forward pass. */
export const layers: Handler<'layers'> = async (params, context) => {
  const { experiment } = await context.run(params.run);
  const found = networkLayers(experiment.model);
  return {
    result: {
      layers: found.map(({ name, kind, channels, relu, stride, parameters }) => {
        return { name, kind, channels, relu, stride, parameters };
      }),
    },
    arrays: {},
  };
};
