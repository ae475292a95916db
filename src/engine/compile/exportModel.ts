import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensor } from '../../runs/safetensors';
import { Problem } from '../../runs/problem';
import type { ModelConfig } from '../experiment/schema';
import { unet, unetParameters } from '../unet/unet';
import './kernels';
import type { OnnxGraph } from './onnxGraph';
import { tensorFrom, withTracer } from './traceBackend';
import { portableTarget, Tracer } from './tracer';

/** What is written into the model's documentation, for whoever finds the file later. */
export interface ExportProvenance {
  readonly run: string;
  readonly experiment: string;
  readonly loss: string;
  readonly epoch: number;
}

const hint =
  'Is the checkpoint that of another run? Take one of a run with the same filters, depth, channels and classes.';

/**
 * The U-Net with trained weights as an ONNX model of standard operators only: input `images` [1,C,H,W] in [0,1], output
 * `logits` [1,classes,h,w]. Weights keep their names and PyTorch's layouts.
 *
 * @param tile [H, W], a size that the network can take.
 * @throws Problem when a weight is missing or of another shape.
 */
export async function exportModel(
  model: ModelConfig,
  weights: readonly NamedTensor[],
  tile: readonly [number, number],
  provenance: ExportProvenance,
): Promise<Uint8Array> {
  const byName = new Map(weights.map((tensor) => [tensor.name, tensor]));
  const tracer = new Tracer(portableTarget);
  return withTracer(tracer, () => {
    const images = tensorFrom(tracer.info(tracer.input('images', [1, model.channels, ...tile], 'float32', false)));
    const parameters: Record<string, tf.Tensor> = {};
    for (const { name, shape } of unetParameters(model)) {
      const tensor = byName.get(name);
      if (!tensor) throw new Problem(`the checkpoint has no tensor "${name}"`, { hint });
      if (tensor.shape.join() !== shape.join()) {
        throw new Problem(
          `tensor "${name}" has the shape [${tensor.shape.join(', ')}], the model needs [${shape.join(', ')}]`,
          { hint },
        );
      }
      parameters[name] = tensorFrom(tracer.info(tracer.weights(name, tensor.data, shape)));
    }
    const logits = unet(model, parameters, tf.transpose(images as tf.Tensor4D, [0, 2, 3, 1]));
    tracer.graph.addOutput('logits', tracer.read(tf.transpose(logits, [0, 3, 1, 2])));
    tracer.graph.prune();
    nameLayers(tracer.graph);
    return tracer.graph.encode({
      producer: 'losscape',
      name: 'unet',
      documentation: `U-Net of experiment "${provenance.experiment}", trained under ${provenance.loss}: epoch ${provenance.epoch} of run ${provenance.run}. Images in [0, 1].`,
    });
  });
}

/** Names nodes after the layer whose weights they use, so that a viewer shows `encoder.0.conv1` and not `Conv_17`. */
function nameLayers(graph: OnnxGraph): void {
  const seen = new Map<string, number>();
  let layer = 'input';
  for (const node of graph.nodes) {
    const weight = node.inputs.find((input) => input.endsWith('.weight'));
    if (weight) layer = weight.replace(/\.weight$/, '');
    const base = weight ? layer : `${layer}.${node.op.toLowerCase()}`;
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    node.name = count === 0 ? base : `${base}.${count}`;
  }
}
