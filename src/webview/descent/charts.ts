import type { ChartLine, ChartModel } from '../kit/chartModel';
import { extent, freeAxis } from '../kit/curves';
import { countRange, linearRange, shareRange } from '../kit/ranges';
import type { Look } from '../kit/theme';
import type { DescentInfo, DescentRows } from '../protocol/descent';
import { column } from '../protocol/frame';
import type { DescentState } from './state';

export type ChartId = 'confidenceForeground' | 'confidenceBackground' | 'iou' | 'loss';

/** The charts over the steps, and how each is explained. */
export const descentCharts: Readonly<Record<ChartId, { title: string; caption: string }>> = {
  confidenceForeground: {
    title: 'Conf. foreground',
    caption: 'Mean probability of the true class over the foreground pixels of the target.',
  },
  confidenceBackground: {
    title: 'Conf. background',
    caption: 'Mean probability of the true class over the background pixels of the target.',
  },
  iou: { title: 'IoU', caption: 'Intersection over union of the predicted and the true foreground.' },
  loss: {
    title: 'Reported loss',
    caption: 'Each loss by its own measure. With a detached modulator it is not the function that is descended.',
  },
};

/** A quantity of every loss over the steps; null when nothing has been measured. */
export function descentChart(
  id: ChartId,
  info: DescentInfo,
  rows: DescentRows,
  { hidden, switchedY }: Pick<DescentState, 'hidden' | 'switchedY'>,
): ChartModel | null {
  const off = new Set(hidden);
  const lines = info.losses.map((loss, index): ChartLine => {
    const x = column(rows[index]!, 'step');
    return {
      key: loss.name,
      name: loss.label,
      pane: 0,
      look: lookOf(index),
      x,
      y: column(rows[index]!, id),
      epochs: new Float64Array(x.length).fill(NaN),
      folder: info.folder,
    };
  });
  if (lines.every(({ x }) => x.length === 0)) return null;
  const shown = lines.filter(({ key }) => !off.has(key));
  const counted = shown.length > 0 ? shown : lines;
  const values = extent(counted.map(({ y }) => y));
  const share = id !== 'loss';
  const switched = switchedY.includes(id);
  const y =
    share && !switched
      ? shareRange(values.low)
      : share
        ? linearRange(values.low, values.high)
        : freeAxis(values, switched);
  return {
    id,
    title: descentCharts[id].title,
    subtitle: `${info.image.name}, from epoch ${info.epoch} of ${info.trainedWith}, Adam ${info.learningRate}`,
    panes: [''],
    xName: 'step',
    xKind: 'count',
    x: countRange(0, info.steps),
    y: [y],
    sharedY: true,
    digits: 4,
    lines,
    legend: shown.map(({ name, look }) => ({ name, look })),
    hidden: off,
  };
}

/** How a loss looks, by its place among the losses. */
export function lookOf(place: number): Look {
  return { colour: { run: place }, variant: place };
}
