import type { Backdrop } from '../kit/backdrop';
import type { ChartLine, ChartModel } from '../kit/chartModel';
import { extent, freeAxis } from '../kit/curves';
import { type AxisRange, linearRange, unitRange } from '../kit/ranges';
import type { Look } from '../kit/theme';
import type { Against, CurveLine } from './lines';
import type { CurveState } from './state';

export type ChartId = 'loss' | 'gradientLogit' | 'gradientPt';

export interface CurveSettings extends Pick<CurveState, 'against' | 'shown'> {
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

const axes: Readonly<Record<Against, { name: string; range: AxisRange }>> = {
  pt: { name: 'pt', range: unitRange },
  logit: {
    name: 'x (logit of the true class − that of the other)',
    range: { type: 'value', min: -10, max: 10, ticks: [-10, -5, 0, 5, 10] },
  },
};

/** What is smaller than the largest value by more than this is nothing; a logarithmic axis does not go on to it. */
const mostDecades = 1e8;

/** Whose pixels lie behind the lines. */
export interface PixelsBehind {
  readonly backdrop: Backdrop;
  /** In words. */
  readonly of: string;
}

/** The chart of one quantity of all lines, with pixels behind them if there are any. */
export function curveChart(
  id: ChartId,
  lines: readonly CurveLine[],
  settings: CurveSettings,
  pixels: PixelsBehind | null = null,
): ChartModel {
  const drawn = lines.flatMap((line) => chartLines(id, line, settings));
  const shown = drawn.filter(({ key }) => !settings.hidden.has(key));
  const counted = shown.length > 0 ? shown : drawn;
  const values = extent(counted.map(({ y }) => y));
  // The slope by pt grows without bounds towards 0; the other two are easier to read from 0 on.
  const natural = id === 'gradientPt';
  const log = natural !== settings.switchedY.has(id);
  const { name, range } = axes[settings.against];
  return {
    id,
    title: curveCharts[id].title,
    subtitle: pixels
      ? `Behind: pixels of ${pixels.of}; filled: foreground, outlined: background; a quarter of the height for each power of ten`
      : '',
    panes: [''],
    xName: name,
    xKind: 'value',
    x: range,
    y: [
      log && values.least < Infinity
        ? freeAxis(
            { ...values, low: Math.max(values.least, values.high / mostDecades) },
            values.high / values.least < 3,
          )
        : linearRange(values.low, values.high),
    ],
    sharedY: true,
    digits: 4,
    lines: drawn,
    legend: shown.map(({ name: words, look }) => ({ name: words, look })),
    hidden: settings.hidden,
    ...(pixels ? { backdrop: pixels.backdrop } : {}),
  };
}

function chartLines(id: ChartId, line: CurveLine, { shown }: CurveSettings): ChartLine[] {
  const values = id === 'loss' ? line.loss : line[id].map((slope) => -slope);
  const common = { pane: 0, x: line.x, epochs: line.x.map(() => NaN), folder: '' };
  const main: ChartLine = { ...common, key: line.key, name: line.name, look: lookOf(line), y: values };
  if (id !== 'loss' || line.effective === null || shown === 'reported') return [main];
  const name = `${line.name}: what training descends`;
  if (shown === 'effective') return [{ ...main, name, y: line.effective }];
  const look: Look = { ...lookOf(line), thin: true, variant: line.place + 3 };
  return [main, { ...common, key: `${line.key} descended`, name, look, y: line.effective }];
}

export function lookOf({ role, place, key }: Pick<CurveLine, 'role' | 'place' | 'key'>): Look {
  if (role === 'reference') return { colour: { run: 5 }, thin: true, variant: 2 };
  // Background pixels take the next dash of the same colour.
  return {
    colour: { run: place },
    variant: place + (key.endsWith('background') ? 1 : 0),
    thin: role === 'other' || key.endsWith('background'),
  };
}
