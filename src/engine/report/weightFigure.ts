import { drawChart, epochAxis, fixedGrids, valueAxis } from './chart';
import { hex, themeColour, viridis } from './colours';
import type { Figure } from './figure';
import { gridLayout, paneTitles } from './panes';
import { valueRange } from './ranges';
import type { ReportRun } from './reportRun';

/** How far each layer's weights move in a step, over the epochs: a pane per run, a line per layer. */
export function weightFigure(runs: readonly ReportRun[]): Figure | null {
  const values = runs
    .flatMap((run) => run.layers.flatMap((layer) => layer.points.map((point) => point.change)))
    .filter((change) => change > 0);
  if (values.length === 0) return null;
  const lastEpoch = Math.max(1, ...runs.map((run) => run.document.epochsDone));
  const layout = gridLayout(
    runs.map((run) => run.label),
    { sharedScale: true, rightMargin: 84 },
  );
  const range = valueRange(values);
  const colour = (index: number, count: number): string => shade(count < 2 ? 0 : index / (count - 1));
  const bar = { x: layout.width - 66, top: layout.panes[0]!.top, height: layout.panes[0]!.height };

  const svg = drawChart(
    {
      title: paneTitles(layout),
      grid: fixedGrids(layout.panes),
      xAxis: runs.map((_, pane) => epochAxis(pane, lastEpoch)),
      yAxis: runs.map((_, pane) => valueAxis(pane, range, layout.firstOfRow(pane))),
      series: runs.flatMap((run, pane) =>
        run.layers.map((layer, index) => ({
          type: 'line',
          xAxisIndex: pane,
          yAxisIndex: pane,
          silent: true,
          data: layer.points.filter((point) => point.change > 0).map((point) => [point.epoch, point.change]),
          showSymbol: layer.points.length < 2,
          symbol: 'circle',
          symbolSize: 4,
          color: colour(index, run.layers.length),
          lineStyle: { color: colour(index, run.layers.length), width: 1.1 },
          emphasis: { disabled: true },
        })),
      ),
      graphic: [
        {
          type: 'rect',
          silent: true,
          shape: { x: bar.x, y: bar.top, width: 10, height: bar.height },
          style: {
            fill: {
              type: 'linear',
              x: 0,
              y: 1,
              x2: 0,
              y2: 0,
              colorStops: [0, 0.25, 0.5, 0.75, 1].map((offset) => ({ offset, color: shade(offset) })),
            },
          },
        },
        ...(['last layer', 'first layer'] as const).map((text, index) => ({
          type: 'text',
          silent: true,
          style: {
            text,
            x: bar.x - 4,
            y: bar.top + (index ? bar.height + 6 : -16),
            fill: themeColour('muted'),
            fontSize: 11,
          },
        })),
      ],
    },
    layout.width,
    layout.height,
    'Sum of the weight change of each layer per step, over the epochs, one pane per run',
  );
  const layers = Math.max(...runs.map((run) => run.layers.length));
  return {
    name: 'curve-weightChange',
    title: 'Weight change per layer',
    caption:
      `Sum over the weights and biases of a layer of how far each moved in one optimizer step, |Δw|, averaged over the ` +
      `steps of an epoch; ${range.type === 'log' ? 'logarithmic axis' : 'linear axis'}${runs.length > 1 ? ', shared by all panes' : ''}. One line for each of the ${layers} layers, ` +
      `dark for those nearest to the image, light for those nearest to the output. Large layers have more weights to sum ` +
      `over, so compare a layer with itself across runs and epochs. Horizontally: epochs.`,
    svg,
  };
}

/** The colour of a layer by its place in the network; both ends of the map would vanish, one on a dark page, one on white. */
function shade(place: number): string {
  return hex(viridis(0.16 + 0.72 * place));
}
