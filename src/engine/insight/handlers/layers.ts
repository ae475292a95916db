import type { ModelConfig } from '../../experiment/schema';
import { unetParameters } from '../../unet/unet';
import type { Handler } from '../inspector/handler';
import type { LayerDescription } from '../protocol';

/** The layers of a run's network, in the order of the forward pass. */
export const layers: Handler<'layers'> = async (params, context) => {
  const { experiment } = await context.run(params.run);
  return { result: { layers: layersOf(experiment.model) }, arrays: {} };
};

export function layersOf(model: ModelConfig): LayerDescription[] {
  const found = new Map<string, LayerDescription>();
  for (const { layer, kind, shape } of unetParameters(model)) {
    const parameters = shape.reduce((product, side) => product * side, 1);
    const known = found.get(layer);
    if (known) {
      found.set(layer, { ...known, parameters: known.parameters + parameters });
      continue;
    }
    const transposed = kind === 'transposedConvolution';
    found.set(layer, {
      name: layer,
      kind: transposed ? kind : 'convolution',
      channels: shape[transposed ? 1 : 0]!,
      stride: 2 ** levelOf(layer, model),
      parameters,
    });
  }
  return [...found.values()];
}

/** How often the image has been halved where a layer's features are. */
function levelOf(layer: string, { depth }: ModelConfig): number {
  const numbered = /^(?:encoder|decoder)\.(\d+)\./.exec(layer);
  return numbered ? Number(numbered[1]) : layer.startsWith('bottom') ? depth : 0;
}
