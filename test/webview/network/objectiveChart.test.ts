import { expect, test } from 'vitest';
import { objectiveChart } from '../../../src/webview/network/objectiveChart';

const subject = { layer: 'bottom.conv1', channel: 2, epoch: 3 };
const result = (activation: number[]) => ({
  picture: { epoch: 3, note: null, height: 1, width: 1, activation, withoutSlope: 0, picture: new Uint8Array(3) },
  steps: activation.length - 1,
  of: 10,
});

test('the mean of the map before each step and after the last', () => {
  const chart = objectiveChart(subject, result([0.5, 1, 2]));
  expect(Array.from(chart.lines[0]!.x)).toEqual([0, 1, 2]);
  expect(Array.from(chart.lines[0]!.y)).toEqual([0.5, 1, 2]);
  expect(chart.title).toBe('Answer of map 2 of bottom.conv1');
  expect(chart.y[0]).toMatchObject({ type: 'value', min: 0, max: 2 });
});

test('logarithmic where there is anything positive', () => {
  expect(objectiveChart(subject, result([0.01, 1]), true).y[0]).toMatchObject({ type: 'log', min: 0.01, max: 1 });
  expect(objectiveChart(subject, result([-2, -1]), true).y[0]).toMatchObject({ type: 'value', min: -2 });
});
