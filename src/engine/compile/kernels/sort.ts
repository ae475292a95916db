import * as tf from '@tensorflow/tfjs-core';
import { asNumber, castTo } from './elementwise';
import { compose, lower } from './register';

/** Ordering. Equal elements come in the order of their places, in tfjs and in ONNX. */

lower('TopK', (tracer, { x }, { k, sorted }) => {
  const { graph } = tracer;
  const dims = [...x!.shape.slice(0, -1), k as number];
  const [values, places] = graph.addMany(
    'TopK',
    [asNumber(tracer, tracer.read(x!)), graph.integers([k as number])],
    [{ dims }, { dims, type: 'int64' }],
    { axis: x!.shape.length - 1, largest: 1, sorted: sorted ? 1 : 0 },
  );
  return [
    tracer.result('TopK', castTo(tracer, values!, x!.dtype as 'float32' | 'int32' | 'bool'), dims, x!.dtype),
    tracer.result('TopK', castTo(tracer, places!, 'int32'), dims, 'int32'),
  ];
});

/**
 * Where each value would be inserted into its sorted row: the number of elements before it. Compares all pairs, so the
 * memory it takes is the product of both lengths.
 */
function insertionPlaces(sorted: tf.Tensor, values: tf.Tensor, side: 'left' | 'right'): tf.Tensor {
  const elements = tf.expandDims(sorted, 1);
  const wanted = tf.expandDims(values, 2);
  const before = side === 'left' ? tf.less(elements, wanted) : tf.lessEqual(elements, wanted);
  return tf.sum(tf.cast(before, 'int32'), 2);
}

compose('SearchSorted', ({ sortedSequence, values }, { side }) =>
  insertionPlaces(sortedSequence!, values!, side as 'left' | 'right'),
);
compose('LowerBound', ({ sortedSequence, values }) => insertionPlaces(sortedSequence!, values!, 'left'));
compose('UpperBound', ({ sortedSequence, values }) => insertionPlaces(sortedSequence!, values!, 'right'));
