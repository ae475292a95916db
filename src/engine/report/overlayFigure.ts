import { drawChart, epochAxis, figureWidth, fixedGrids, valueAxis } from './chart';
import { runColour, themeColour } from './colours';
import type { Figure } from './figure';
import type { MeasureKey } from './measures';
import { type AxisRange, shareRange, unitRange, valueRange } from './ranges';
import type { ReportRun, Split } from './reportRun';

interface Pane {
  readonly key: MeasureKey;
  readonly title: string;
  /** Whether the curve is divided by its first value, which makes losses of different scales comparable. */
  readonly relative?: boolean;
}

const panes: readonly Pane[] = [
  { key: 'accuracy', title: 'Accuracy' },
  { key: 'iou', title: 'IoU of the foreground' },
  { key: 'nll', title: 'NLL, the same yardstick for every loss' },
  { key: 'confidenceBackground', title: 'Confidence, background' },
  { key: 'confidenceForeground', title: 'Confidence, foreground' },
  { key: 'loss', title: 'Own loss, relative to its first evaluation', relative: true },
];

const dashes = ['solid', 'dashed', 'dotted'] as const;

/** All runs in one pane per measure, on the test images (the training images when there is no test split). */
export function overlayFigure(runs: readonly ReportRun[]): Figure | null {
  const split: Split = runs.some((run) => run.curves.test) ? 'test' : 'train';
  const lines = panes.map((pane) => runs.map((run) => line(run, split, pane)));
  const lastEpoch = Math.max(1, ...lines.flat(2).map(([epoch]) => epoch));
  if (lines.flat(2).length === 0) return null;

  const columns = 3;
  const gap = 56;
  const left = 46;
  const width = (figureWidth - left - 8 - gap * (columns - 1)) / columns;
  const legendRows = Math.ceil(runs.length / 5);
  const top = 34 + legendRows * 22;
  const paneHeight = 190;
  const grids = panes.map((_, index) => ({
    left: left + (index % columns) * (width + gap),
    top: top + Math.floor(index / columns) * (paneHeight + 76),
    width,
    height: paneHeight,
  }));

  const svg = drawChart(
    {
      title: panes.map((pane, index) => ({
        text: pane.title,
        left: grids[index]!.left,
        top: grids[index]!.top - 22,
        padding: 0,
        textStyle: { color: themeColour('ink'), fontSize: 13, fontWeight: 'bold' },
      })),
      legend: {
        top: 0,
        left: left - 4,
        width: figureWidth - left,
        data: runs.map((run) => run.label),
        icon: 'path://M0 4h24v3h-24z',
        itemWidth: 22,
        itemHeight: 3,
        itemGap: 18,
        textStyle: { color: themeColour('ink'), fontSize: 12 },
        selectedMode: false,
      },
      grid: fixedGrids(grids),
      xAxis: panes.map((_, index) => epochAxis(index, lastEpoch)),
      yAxis: panes.map((pane, index) => valueAxis(index, range(pane, lines[index]!))),
      series: panes.flatMap((_, pane) =>
        runs.map((run, index) => ({
          type: 'line',
          name: run.label,
          xAxisIndex: pane,
          yAxisIndex: pane,
          silent: true,
          data: lines[pane]![index],
          showSymbol: lines[pane]![index]!.length < 2,
          symbol: 'circle',
          symbolSize: 5,
          color: runColour(index),
          lineStyle: { color: runColour(index), width: 1.8, type: dashes[Math.floor(index / 6) % 3] },
          emphasis: { disabled: true },
        })),
      ),
    },
    figureWidth,
    top + 2 * (paneHeight + 76) - 32,
    `All runs in one pane per measure: ${runs.map((run) => run.label).join(', ')}`,
  );
  const counts = [...new Set(runs.map((run) => run.document.dataset[split].length))].join(' or ');
  return {
    name: 'overlay',
    title: `All runs, ${split} images`,
    caption:
      `Means over the ${counts} ${split} images; the bands of the single curves are left out. Horizontally: epochs. ` +
      `NLL is the mean −log p of the true class in nats, whatever the run was trained with. The last pane divides each ` +
      `run’s own loss by its value at the first evaluation, because losses have different scales: it shows how fast each ` +
      `falls, not which is better.`,
    svg,
  };
}

function line(run: ReportRun, split: Split, pane: Pane): [epoch: number, value: number][] {
  const points = (run.curves[split]?.[pane.key] ?? []).filter((point) => Number.isFinite(point.mean));
  const first = points[0]?.mean ?? NaN;
  if (pane.relative && !(first > 0)) return [];
  return points.map((point) => [point.epoch, pane.relative ? point.mean / first : point.mean]);
}

function range(pane: Pane, lines: [number, number][][]): AxisRange {
  const values = lines.flat().map(([, value]) => value);
  if (pane.key === 'iou') return unitRange;
  if (pane.key === 'nll' || pane.key === 'loss') return valueRange(values);
  return shareRange(Math.min(1, ...values));
}
