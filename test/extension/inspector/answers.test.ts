import { expect, test } from 'vitest';
import { featuresOf, imageOf, pictureOf, weightsOf } from '../../../src/extension/inspector/answers';

test('answers of the inspector keep their arrays, without a copy', () => {
  const used = { epoch: 3, note: null };
  const region = { top: 0, left: 0, height: 4, width: 6 };
  const features = new Float32Array(12);
  const answer = featuresOf({
    result: { ...used, ...region, layer: 'bottom.conv1' },
    arrays: { features: { shape: [2, 2, 3], values: features } },
  });
  expect(answer).toMatchObject({ epoch: 3, layer: 'bottom.conv1', shape: [2, 2, 3] });
  expect(answer.features).toBe(features);
  const photo = new Uint8Array(3);
  const image = { name: 'a', height: 1, width: 1, split: null, changed: null, compared: true, notes: [] };
  expect(imageOf({ result: image, arrays: { photo: { shape: [1, 1, 3], values: photo } } })).toEqual({
    ...image,
    photo,
    labels: null,
  });
  const picture = { shape: [1, 1, 3], values: photo };
  const made = { ...used, height: 1, width: 1, activation: [0, 1], withoutSlope: 0 };
  expect(pictureOf({ result: made, arrays: { picture } })).toEqual({ ...made, picture: photo });
});

test('statistics of the weights are spread out by name', () => {
  const matrix = (value: number) => ({ shape: [1, 1], values: Float32Array.of(value) });
  const result = {
    layers: [{ name: 'head', channels: 2, relu: false, parameters: 10 }],
    firstSteps: [1],
    lastSteps: [1],
    epochs: [1],
    measuredEpochs: [1],
    images: ['a'],
    dead: [[]],
    notes: [],
  };
  const arrays = {
    stepChanges: matrix(1),
    norms: matrix(2),
    biasNorms: matrix(3),
    changes: matrix(4),
    deadFilters: { shape: [1, 1], values: Int32Array.of(-1) },
    active: matrix(5),
  };
  expect(weightsOf({ result, arrays })).toEqual({
    ...result,
    stepChanges: Float32Array.of(1),
    norms: Float32Array.of(2),
    biasNorms: Float32Array.of(3),
    changes: Float32Array.of(4),
    deadFilters: Int32Array.of(-1),
    active: Float32Array.of(5),
  });
});
