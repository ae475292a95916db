import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
// Methods of tensors (`x.mul(y)`): losses are often written with them, and tfjs's own gradient of gather calls some.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';

/**
 * Gradients that tfjs does not define, or not fully, for all of its backends. Without them a loss that chooses by comparing
 * (`tf.where(tf.greater(p, 0.5), a, b)`) or that sorts (Lovász) could not be differentiated at all.
 */

const zeros = (x: tf.Tensor): tf.Tensor => tf.zeros(x.shape);

// Comparisons are constant almost everywhere.
for (const kernelName of ['Equal', 'NotEqual', 'Greater', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr']) {
  tf.registerGradient({
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (_dy, [a, b]) => ({ a: () => zeros(a!), b: () => zeros(b!) }),
  });
}
for (const kernelName of ['LogicalNot', 'All', 'Any']) {
  tf.registerGradient({ kernelName, inputsToSave: ['x'], gradFunc: (_dy, [x]) => ({ x: () => zeros(x!) }) });
}

/** Sums `gradient` over the dimensions in which an operand of `shape` was broadcast. */
function unbroadcast(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape);
}

// tfjs's own gradients of these three fail where one operand is broadcast.
const partial: Record<string, (a: tf.Tensor, b: tf.Tensor) => [tf.Tensor, tf.Tensor]> = {
  Maximum: (a, b) => [tf.cast(tf.greaterEqual(a, b), 'float32'), tf.cast(tf.less(a, b), 'float32')],
  Minimum: (a, b) => [tf.cast(tf.lessEqual(a, b), 'float32'), tf.cast(tf.greater(a, b), 'float32')],
  SquaredDifference: (a, b) => [tf.mul(tf.sub(a, b), tf.scalar(2)), tf.mul(tf.sub(b, a), tf.scalar(2))],
};
for (const [kernelName, derivatives] of Object.entries(partial)) {
  tf.registerGradient({
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, [a, b]) => ({
      a: () => unbroadcast(tf.mul(dy as tf.Tensor, derivatives(a!, b!)[0]), a!.shape),
      b: () => unbroadcast(tf.mul(dy as tf.Tensor, derivatives(a!, b!)[1]), b!.shape),
    }),
  });
}

// tfjs gives the indices themselves as the gradient of the indices, and then complains of their type.
const gather = tf.getGradient('GatherV2');
tf.registerGradient({
  ...gather,
  gradFunc: (dy, saved, attributes) => ({
    ...gather.gradFunc(dy, saved, attributes),
    indices: () => zeros(saved[1]!),
  }),
});

/** The gradient of each of the greatest values goes to where it came from; that of the places is none. */
tf.registerGradient({
  kernelName: 'TopK',
  inputsToSave: ['x'],
  outputsToSave: [false, true],
  gradFunc: (dy, [x, places]) => ({
    x: () => {
      const gradient = (dy as tf.Tensor[])[0]!;
      const size = x!.shape[x!.rank - 1]!;
      const rows = x!.size / size;
      const first = tf.reshape(tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(size, 'int32')), [rows, 1]);
      const flat = tf.add(tf.reshape(places!, [rows, -1]), first);
      const sums = tf.unsortedSegmentSum(tf.reshape(gradient, [-1]), tf.reshape(flat, [-1]), x!.size);
      return tf.reshape(sums, x!.shape);
    },
  }),
});

tf.registerGradient({
  kernelName: 'GatherNd',
  inputsToSave: ['params', 'indices'],
  gradFunc: (dy, [params, indices]) => ({
    params: () => tf.scatterND(indices!, dy as tf.Tensor, params!.shape),
    indices: () => zeros(indices!),
  }),
});

tf.registerGradient({
  kernelName: 'ScatterNd',
  inputsToSave: ['indices'],
  gradFunc: (dy, [indices]) => ({
    indices: () => zeros(indices!),
    updates: () => tf.gatherND(dy as tf.Tensor, indices!),
  }),
});
