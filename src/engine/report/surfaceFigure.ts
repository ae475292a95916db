import { axisStyle, drawChart, fixedGrids, valueAxis } from './chart';
import { themeColour, viridis } from './colours';
import { contours } from './contours';
import { escapeXml, type Figure } from './figure';
import { valueRange } from './ranges';
import { colouredPng, pngUri } from './pixels';
import type { ReportRun } from './reportRun';
import type { Surface } from './surfaces';

type Api = { coord(at: [number, number]): [number, number] };

const side = 264;
const barWidth = 12;
const paneWidth = 366;
const paneHeight = 360;
const columns = 3;
const isolines = 11;

/** The planes that were sampled around a run's weights, one pane per quantity, each on its own scale. */
export async function surfaceFigure(run: ReportRun, surface: Surface): Promise<Figure> {
  const panes = await Promise.all(surface.quantities.map((quantity) => prepare(surface, quantity)));
  const a = extent(surface.a);
  const b = extent(surface.b);
  const count = panes.length;
  const corner = (index: number): { left: number; top: number } => ({
    left: 56 + (index % columns) * paneWidth,
    top: 44 + Math.floor(index / columns) * paneHeight,
  });
  const grids = panes.map((_, index) => ({ ...corner(index), width: side, height: side }));
  const bars = grids.map(({ left, top }) => ({ left: left + side + 12, top, width: barWidth, height: side }));
  const width = Math.min(count, columns) * paneWidth + 20;
  const height = Math.ceil(count / columns) * paneHeight + 8;

  const svg = drawChart(
    {
      title: panes.map((pane, index) => ({
        text: pane.label,
        left: grids[index]!.left,
        top: grids[index]!.top - 26,
        padding: 0,
        textStyle: {
          color: themeColour('ink'),
          fontSize: 13,
          fontWeight: 'bold',
          width: side + 60,
          overflow: 'truncate',
        },
      })),
      grid: fixedGrids([...grids, ...bars]),
      xAxis: [
        ...panes.map((_, index) => ({
          ...axisStyle,
          gridIndex: index,
          min: a.min,
          max: a.max,
          splitLine: { show: false },
          name: 'direction a',
          nameLocation: 'middle',
          nameGap: 24,
        })),
        ...panes.map((_, index) => ({ gridIndex: count + index, show: false, min: 0, max: 1 })),
      ],
      yAxis: [
        ...panes.map((_, index) => ({
          ...axisStyle,
          gridIndex: index,
          min: b.min,
          max: b.max,
          splitLine: { show: false },
          name: index % columns === 0 ? 'direction b' : '',
          nameLocation: 'middle',
          nameGap: 34,
        })),
        ...panes.map((pane, index) => ({
          ...valueAxis(count + index, pane),
          position: 'right',
          splitLine: { show: false },
        })),
      ],
      series: panes.flatMap((pane, index) => [
        // A sample stands in the middle of its pixel, so the picture reaches half a step beyond the axes.
        image(index, pane.picture, [a.min - a.halfStep, b.max + b.halfStep], [a.max + a.halfStep, b.min - b.halfStep]),
        image(count + index, pane.bar, [0, pane.max], [1, pane.min]),
        lines(index, pane.isolines),
        ...marks(index, surface),
      ]),
    },
    width,
    height,
    `Loss surface of ${run.label}: ${panes.map((pane) => pane.label).join(', ')}`,
  );
  const logarithmic = panes.some((pane) => pane.type === 'log');
  const missing = Math.max(...panes.map((pane) => pane.missing));
  return {
    name: `surface-${run.document.id}-${surface.id}`,
    title: `Loss surface: ${run.label}`,
    caption:
      `Each point is the network with its weights moved by a along one direction and by b along another; the colour is ` +
      `the quantity named over the pane. ${count > 1 ? 'Every pane has a colour scale of its own' : 'The colour scale'}` +
      `${logarithmic ? ' (logarithmic where the bar’s numbers grow by factors)' : ''}${count > 1 ? '' : ' stands beside it'}; ` +
      `lines join points of equal value. The cross is the centre, a = b = 0` +
      `${surface.trajectory.length > 0 ? ', the white line the path that training took, as far as this plane shows it' : ''}. ` +
      `${missing > 0 ? `Up to ${missing} of the ${surface.a.length * surface.b.length} points of a pane have not been computed or are not finite, and are left empty. ` : ''}` +
      `${surface.a.length} × ${surface.b.length} points. ${escapeXml(surface.provenance)}`,
    svg,
  };
}

async function prepare(surface: Surface, { label, values }: Surface['quantities'][number]) {
  const width = surface.a.length;
  const height = surface.b.length;
  // A plane easily spans a factor of ten; decades only help where it spans far more.
  const range = valueRange(values, 30);
  const place = (value: number): number =>
    range.type === 'log'
      ? Math.log(value / range.min) / Math.log(range.max / range.min)
      : (value - range.min) / (range.max - range.min);
  const shares = Float32Array.from(values, (value) => (Number.isFinite(value) ? place(value) : NaN));
  // The rows of a picture run downwards, b upwards.
  const flipped = Float32Array.from(
    shares,
    (_, index) => shares[(height - 1 - Math.floor(index / width)) * width + (index % width)]!,
  );
  const ramp = Float32Array.from(
    { length: barWidth * side },
    (_, index) => 1 - Math.floor(index / barWidth) / (side - 1),
  );
  const found = Array.from({ length: isolines }, (_, index) =>
    contours(shares, width, height, (index + 1) / (isolines + 1)),
  ).flat();
  return {
    ...range,
    label,
    missing: values.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0),
    picture: pngUri(await colouredPng(flipped, width, height, viridis, { enlargeTo: 2 * side })),
    bar: pngUri(await colouredPng(ramp, barWidth, side, viridis)),
    isolines: found.map((line) =>
      line.map(([x, y]): [number, number] => [interpolate(surface.a, x), interpolate(surface.b, y)]),
    ),
  };
}

/** A picture that fills the rectangle between two points of the axes. */
function image(pane: number, uri: string, topLeft: [number, number], bottomRight: [number, number]): object {
  return custom(pane, topLeft, (api) => {
    const [x, y] = api.coord(topLeft);
    const [right, bottom] = api.coord(bottomRight);
    return { type: 'image', style: { image: uri, x, y, width: right - x, height: bottom - y } };
  });
}

function lines(pane: number, all: [number, number][][]): object {
  return custom(pane, all[0]?.[0] ?? [0, 0], (api) => ({
    type: 'group',
    children: all.map((line) => ({
      type: 'polyline',
      shape: { points: line.map((at) => api.coord(at)) },
      style: { stroke: '#ffffff', strokeOpacity: 0.45, lineWidth: 0.8, fill: 'none' },
    })),
  }));
}

function marks(pane: number, surface: Surface): object[] {
  const path = surface.trajectory;
  const end = path.at(-1);
  return [
    custom(pane, [0, 0], (api) => {
      const trail = path.map((at) => api.coord([at.a, at.b]));
      const [x, y] = api.coord([0, 0]);
      const stroke = { stroke: '#ffffff', fill: 'none' };
      return {
        type: 'group',
        children: [
          ...(trail.length > 1
            ? [
                {
                  type: 'polyline',
                  shape: { points: trail },
                  style: { stroke: '#000000', lineWidth: 4, fill: 'none' },
                },
                { type: 'polyline', shape: { points: trail }, style: { ...stroke, lineWidth: 2 } },
              ]
            : []),
          ...(end && trail.length > 0
            ? [
                {
                  type: 'circle',
                  shape: { cx: trail.at(-1)![0], cy: trail.at(-1)![1], r: 3.5 },
                  style: { fill: '#ffffff', stroke: '#000000' },
                },
              ]
            : []),
          ...[
            { stroke: '#000000', lineWidth: 4 },
            { stroke: '#ffffff', lineWidth: 1.8 },
          ].flatMap((style) => [
            { type: 'line', shape: { x1: x - 7, y1: y, x2: x + 7, y2: y }, style },
            { type: 'line', shape: { x1: x, y1: y - 7, x2: x, y2: y + 7 }, style },
          ]),
        ],
      };
    }),
  ];
}

function custom(pane: number, at: [number, number], renderItem: (api: Api) => object): object {
  return {
    type: 'custom',
    silent: true,
    clip: true,
    xAxisIndex: pane,
    yAxisIndex: pane,
    data: [at],
    renderItem: (_: unknown, api: Api) => renderItem(api),
  };
}

function extent(axis: readonly number[]): { min: number; max: number; halfStep: number } {
  const min = Math.min(...axis);
  const max = Math.max(...axis);
  return { min, max, halfStep: (max - min) / (axis.length - 1) / 2 };
}

function interpolate(axis: readonly number[], at: number): number {
  const below = axis[Math.floor(at)]!;
  const above = axis[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}
