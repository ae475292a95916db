import type { ChartModel } from '../kit/chartModel';
import { extent } from '../kit/curves';
import { countRange, linearRange, logRange } from '../kit/ranges';
import type { AscentResult } from './ascent';

/** The objective by step, as a chart. */
export function objectiveChart(
  { layer, channel, epoch }: { readonly layer: string; readonly channel: number; readonly epoch: number },
  { picture: { activation } }: AscentResult,
  log = false,
): ChartModel {
  const y = Float64Array.from(activation);
  const range = extent([y]);
  return {
    id: 'objective',
    title: `Answer of map ${channel} of ${layer}`,
    subtitle: `gradient ascent, after epoch ${epoch} of the training`,
    panes: [''],
    xName: 'step',
    xKind: 'count',
    x: countRange(0, activation.length - 1),
    y: [log && range.least < Infinity ? logRange(range.least, range.high) : linearRange(range.low, range.high)],
    sharedY: true,
    digits: 4,
    lines: [
      {
        key: 'objective',
        name: `map ${channel}`,
        pane: 0,
        look: { colour: { run: 0 }, variant: 0 },
        x: Float64Array.from(activation, (_, step) => step),
        y,
        epochs: Float64Array.from(activation, () => NaN),
        folder: '',
      },
    ],
    legend: [],
    hidden: new Set(),
  };
}
