import { drawChart, epochAxis, fixedGrids, valueAxis } from './chart';
import { themeColour } from './colours';
import { escapeXml, type Figure } from './figure';
import type { Measure } from './measures';
import type { CurvePoint, ReportRun, Split } from './reportRun';
import { gridLayout, paneTitles } from './panes';
import { type AxisRange, shareRange, unitRange, valueRange } from './ranges';

/** Half the height of a band, in standard errors of the mean, as in the study. */
const bandErrors = 3;

/**
 * One measure of every run over the epochs: a pane per run, train and test in each, on shared axes (a loss has a scale
 * of its own, so there each pane has its own axis). Null when no run has a value.
 */
export function curvesFigure(runs: readonly ReportRun[], measure: Measure): Figure | null {
  const splits: Split[] = (['train', 'test'] as const).filter((split) => runs.some((run) => run.curves[split]));
  const pointsOf = (run: ReportRun, split: Split): CurvePoint[] =>
    (run.curves[split]?.[measure.key] ?? []).filter((point) => Number.isFinite(point.mean));
  const everything = runs.flatMap((run) => splits.flatMap((split) => pointsOf(run, split)));
  if (everything.length === 0) return null;

  const shared = measure.key !== 'loss';
  const lastEpoch = Math.max(1, ...runs.flatMap((run) => [run.document.epochsDone, ...epochs(run)]));
  const layout = gridLayout(
    runs.map((run) => run.label),
    { sharedScale: shared },
  );
  const ranges = runs.map((run) => {
    const own = shared ? everything : splits.flatMap((split) => pointsOf(run, split));
    return measureRange(measure, own);
  });

  const series = runs.flatMap((run, pane) =>
    splits.flatMap((split) => {
      const points = pointsOf(run, split);
      const colour = themeColour(split);
      const axes = { xAxisIndex: pane, yAxisIndex: pane, silent: true };
      return [
        band(points, ranges[pane]!.min, colour, axes),
        {
          ...axes,
          type: 'line',
          name: split,
          data: points.map((point) => [point.epoch, point.mean]),
          showSymbol: points.length < 12,
          symbol: 'circle',
          symbolSize: 4,
          color: colour,
          lineStyle: { color: colour, width: 1.6 },
          emphasis: { disabled: true },
          ...(measure.key === 'iou' && split === splits[0] ? { markLine: halfLine } : {}),
        },
      ];
    }),
  );

  const svg = drawChart(
    {
      title: paneTitles(layout),
      legend: {
        top: 0,
        right: 8,
        data: splits,
        itemWidth: 18,
        itemHeight: 8,
        icon: 'roundRect',
        textStyle: { color: themeColour('ink'), fontSize: 12 },
        selectedMode: false,
      },
      grid: fixedGrids(layout.panes),
      xAxis: runs.map((_, pane) => epochAxis(pane, lastEpoch)),
      yAxis: runs.map((_, pane) => valueAxis(pane, ranges[pane]!, !shared || layout.firstOfRow(pane))),
      series,
    },
    layout.width,
    layout.height,
    `${measure.title} over the epochs, one pane per run: ${runs.map((run) => run.label).join(', ')}`,
  );

  return {
    name: `curve-${measure.key}`,
    title: measure.title,
    caption: [
      escapeXml(measure.meaning),
      lineCaption(runs, splits),
      ...(runs.length === 1
        ? []
        : shared
          ? ['All panes share their axes.']
          : ['Losses of different runs are on different scales: each pane has an axis of its own.']),
    ].join(' '),
    svg,
  };
}

function epochs(run: ReportRun): number[] {
  return Object.values(run.curves).flatMap((curve) => curve?.accuracy.map((point) => point.epoch) ?? []);
}

function lineCaption(runs: readonly ReportRun[], splits: readonly Split[]): string {
  const counts = splits.map((split) => {
    const numbers = new Set(runs.map((run) => run.document.dataset[split].length));
    return `${[...numbers].join(' or ')} ${split} images`;
  });
  const colours = splits.map((split) => (split === 'train' ? 'blue' : 'red'));
  return (
    `Lines are means over the ${splits.map((split, index) => `${counts[index]} (${colours[index]})`).join(' and the ')}; ` +
    `bands are ±${bandErrors} standard errors of that mean over images, not over repeated trainings. ` +
    `Horizontally: epochs.`
  );
}

/** A filled band around a line, drawn as one polygon so that it needs no second, invisible line. */
function band(points: CurvePoint[], floor: number, colour: string, axes: object): object {
  const known = points.filter((point) => Number.isFinite(point.standardError));
  const outline = [
    ...known.map((point) => [point.epoch, point.mean + bandErrors * point.standardError]),
    ...known.toReversed().map((point) => [point.epoch, Math.max(floor, point.mean - bandErrors * point.standardError)]),
  ];
  return {
    ...axes,
    type: 'custom',
    clip: true,
    z: 1,
    data: known.length > 1 ? [[known[0]!.epoch, known[0]!.mean]] : [],
    renderItem: (_: unknown, api: { coord(at: number[]): number[] }) => ({
      type: 'polygon',
      shape: { points: outline.map((at) => api.coord(at)) },
      style: { fill: colour, fillOpacity: 0.2 },
    }),
  };
}

const halfLine = {
  silent: true,
  symbol: 'none',
  label: { show: false },
  lineStyle: { color: themeColour('muted'), width: 0.8, type: 'dashed' },
  data: [{ yAxis: 0.5 }],
};

/** Losses fall over decades: a logarithmic axis where they allow it. */
function measureRange(measure: Measure, points: CurvePoint[]): AxisRange {
  const means = points.map((point) => point.mean);
  return measure.scale === 'unit'
    ? unitRange
    : measure.scale === 'share'
      ? shareRange(Math.min(...means))
      : valueRange(means);
}
