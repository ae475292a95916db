import type { ChartLine, ChartModel } from '../kit/chartModel';
import { extent, freeAxis } from '../kit/curves';
import { linearRange, unitRange } from '../kit/ranges';
import type { Look } from '../kit/theme';
import type { CurveLine } from '../protocol/curve';

export type ChartId = 'loss' | 'gradientLogit' | 'gradientPt';

export interface CurveSettings {
  readonly hidden: ReadonlySet<string>;
  readonly switchedY: ReadonlySet<string>;
}

/** What each chart draws of a line, and how it is explained. */
export const curveCharts: Readonly<Record<ChartId, { title: string; caption: string }>> = {
  loss: {
    title: 'Loss',
    caption: 'The loss of a pixel, by the probability pt that the network gives to its true class.',
  },
  gradientLogit: {
    title: 'Gradient at the logits: −∂L/∂x',
    caption:
      'How strongly a pixel pulls the network towards its true class: what is sent back through it. x is the logit of the ' +
      'true class minus that of the other one.',
  },
  gradientPt: {
    title: 'Gradient at the probability: −∂L/∂pt',
    caption: 'The slope of the loss itself. Training sees it times pt (1 − pt), which is the chart before.',
  },
};

/** The chart of one quantity of all lines. */
export function curveChart(id: ChartId, lines: readonly CurveLine[], settings: CurveSettings): ChartModel {
  const drawn = lines.flatMap((line) => chartLines(id, line));
  const shown = drawn.filter(({ key }) => !settings.hidden.has(key));
  const counted = shown.length > 0 ? shown : drawn;
  const values = extent(counted.map(({ y }) => y));
  // The slope by pt grows without bounds towards 0; the other two are easier to read from 0 on.
  const natural = id === 'gradientPt';
  const log = natural !== settings.switchedY.has(id);
  return {
    id,
    title: curveCharts[id].title,
    subtitle: '',
    panes: [''],
    xName: 'pt',
    xKind: 'value',
    x: unitRange,
    y: [
      log && values.least < Infinity
        ? freeAxis({ ...values, low: values.least }, values.high / values.least < 3)
        : linearRange(values.low, values.high),
    ],
    sharedY: true,
    digits: 4,
    lines: drawn,
    legend: shown.map(({ name, look }) => ({ name, look })),
    hidden: settings.hidden,
  };
}

function chartLines(id: ChartId, line: CurveLine): ChartLine[] {
  const values = id === 'loss' ? line.loss : line[id].map((slope) => -slope);
  const common = { pane: 0, x: line.pt, epochs: line.pt.map(() => NaN), folder: '' };
  const main: ChartLine = { ...common, key: line.key, name: line.name, look: lookOf(line), y: values };
  if (id !== 'loss' || line.effective === null) return [main];
  const look: Look = { ...lookOf(line), thin: true, variant: line.place + 3 };
  return [
    main,
    { ...common, key: `${line.key} descended`, name: `${line.name}: what training descends`, look, y: line.effective },
  ];
}

export function lookOf({ role, place, key }: CurveLine): Look {
  if (role === 'reference') return { colour: { run: 5 }, thin: true, variant: 2 };
  // Background pixels take the next dash of the same colour.
  return {
    colour: { run: place },
    variant: place + (key.endsWith('background') ? 1 : 0),
    thin: role === 'other' || key.endsWith('background'),
  };
}
