import type { EChartsCoreOption } from 'echarts/core';
import { colourAt } from '../../engine/insight/maps';
import { tickText, tickTexts } from '../kit/format';
import type { Rect } from '../kit/panes';
import { zoomedRange } from '../kit/ranges';
import type { Theme } from '../kit/theme';
import { bandOf, bands, isolines } from './contours';
import { pointKinds } from './field';
import { cellsOf, type PaneModel, strokesOf } from './paneModel';
import { criticalMarks, dots, lineLabels, pathMarks } from './plotMarks';
import { areas, type Placing, strokes } from './plotShapes';

const usual = Object.freeze({ left: 54, right: 74, top: 8, bottom: 40 });
/** Without names of axes: one among many pictures of the same plane. */
const small = Object.freeze({ left: 26, right: 66, top: 8, bottom: 22 });
/** A picture is small below this width, in pixels. */
export const smallWidth = 260;

/** Where the points lie in a chart of a size. @param ratio of the plane's height to its width, as it is drawn. */
export function plotRect(width: number, height: number): Rect {
  const margins = width < smallWidth ? small : usual;
  return {
    left: margins.left,
    top: margins.top,
    width: Math.max(40, width - margins.left - margins.right),
    height: Math.max(40, height - margins.top - margins.bottom),
  };
}

/** The colour of a place on the scale: dark where the loss is low. */
export function colourOf(place: number): string {
  return `rgb(${colourAt('viridis', place).map(Math.round).join(', ')})`;
}

interface Item {
  readonly coordSys: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

/** Colours of a heatmap: fine enough to look even. */
const heatSteps = 48;
const barSteps = 64;

/** One surface from above, as ECharts draws it: on the screen, as SVG and as PNG. */
export function plotOption(model: PaneModel, size: Rect, theme: Theme, barName: string): EChartsCoreOption {
  const { field } = model;
  const ends = (axis: readonly number[]): readonly [number, number] => [axis[0]!, axis.at(-1)!];
  const [fromA, toA] = ends(field.a);
  const [fromB, toB] = ends(field.b);
  const layers = prepared(model);
  const named = size.left >= usual.left;
  const label = { color: theme.muted, fontSize: 11, fontFamily: theme.font };
  const axisLine = { show: true, onZero: false, lineStyle: { color: theme.highContrast ? theme.ink : theme.hairline } };
  const axis = (from: number, to: number, length: number, name: string) => {
    const { ticks } = zoomedRange('value', from, to, Math.max(2, Math.min(6, length / 70)));
    return {
      type: 'value',
      gridIndex: 0,
      min: from,
      max: to,
      name: named ? shortened(name, length) : '',
      nameLocation: 'middle',
      nameTextStyle: label,
      axisLine,
      axisTick: { show: true, customValues: ticks, lineStyle: { color: theme.muted }, length: 3 },
      axisLabel: { ...label, customValues: ticks, margin: 6, hideOverlap: true, formatter: tickTexts(ticks) },
      splitLine: { show: false },
    };
  };
  const bar = { left: size.left + size.width + 14, top: size.top + 20, width: 12, height: size.height - 20 };
  const at = named ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.5, 1];
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: [size, bar].map((rect) => ({ ...rect, outerBoundsMode: 'none' as const })),
    xAxis: [
      { ...axis(fromA, toA, size.width, model.a), nameGap: 24 },
      { gridIndex: 1, type: 'value', min: 0, max: 1, show: false },
    ],
    yAxis: [
      { ...axis(fromB, toB, size.height, model.b), nameGap: 38 },
      {
        gridIndex: 1,
        type: 'value',
        min: 0,
        max: 1,
        position: 'right',
        name: named ? barName : '',
        nameTextStyle: { ...label, align: 'left', padding: [0, 0, 0, -12] },
        nameGap: 9,
        axisLine,
        axisTick: { show: true, customValues: at, lineStyle: { color: theme.muted }, length: 3 },
        axisLabel: {
          ...label,
          customValues: at,
          margin: 5,
          formatter: (place: number) => tickText(Number(model.scale.value(place).toPrecision(3))),
        },
        splitLine: { show: false },
      },
    ],
    series: [
      {
        type: 'custom',
        xAxisIndex: 0,
        yAxisIndex: 0,
        data: [[0, 0]],
        silent: true,
        clip: true,
        encode: { x: -1, y: -1 },
        renderItem: ({ coordSys: { x, y, width, height } }: Item) => {
          const sx = width / (toA - fromA);
          const sy = -height / (toB - fromB);
          const place: Placing = { ox: x - fromA * sx, sx, oy: y + height - fromB * sy, sy };
          return { type: 'group', children: drawn(model, layers, place, theme) };
        },
      },
      {
        type: 'custom',
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: [[0, 0]],
        silent: true,
        encode: { x: -1, y: -1 },
        renderItem: ({ coordSys: { x, y, width, height } }: Item) => ({
          type: 'group',
          children: Array.from({ length: barSteps }, (_, step) => {
            const middle = (step + 0.5) / barSteps;
            const shown = model.view === 'contour' ? bandColour(model, model.scale.value(middle)) : colourOf(middle);
            return {
              type: 'rect',
              silent: true,
              shape: { x, y: y + height * (1 - (step + 1) / barSteps), width, height: height / barSteps + 0.6 },
              style: { fill: shown },
            };
          }),
        }),
      },
    ],
  };
}

/** The colour of the band between levels that a value lies in. */
function bandColour({ levels }: PaneModel, value: number): string {
  return colourOf(levels.length === 0 ? 0 : bandOf(levels, value) / levels.length);
}

/** What does not depend on the size of the chart. */
function prepared(model: PaneModel) {
  const { field, levels, scale, view } = model;
  // Lines run straight between points on the scale that is shown: on another one they would go in steps where values grow by factors.
  const placed = {
    a: field.a,
    b: field.b,
    values: field.values.map((value) => (Number.isFinite(value) ? scale.place(value) : NaN)),
  };
  const places = levels.map((level) => scale.place(level));
  const fills: { polygons: readonly number[]; fill: string }[] = [];
  if (view === 'contour') {
    bands(placed, places).forEach((polygons, band) =>
      fills.push({ polygons, fill: colourOf(levels.length === 0 ? 0 : band / levels.length) }),
    );
  } else {
    const steps = Array.from(field.values, (value) =>
      Number.isFinite(value) ? Math.round(scale.place(value) * heatSteps) : -1,
    );
    for (let step = 0; step <= heatSteps; step += 1) {
      fills.push({ polygons: cellsOf(field, (index) => steps[index] === step), fill: colourOf(step / heatSteps) });
    }
  }
  return {
    fills: fills.filter(({ polygons }) => polygons.length > 0),
    lines: model.lines ? levels.map((level, index) => ({ level, lines: isolines(placed, places[index]!) })) : [],
    overlay: model.overlay?.levels.map((level) => ({ level, lines: isolines(model.overlay!.field, level) })) ?? [],
    estimated: strokesOf(field, pointKinds.estimated),
    infinite: strokesOf(field, pointKinds.infinite),
  };
}

function drawn(model: PaneModel, layers: ReturnType<typeof prepared>, place: Placing, theme: Theme): object[] {
  const { scale } = model;
  const over = (value: number): string => (scale.place(value) < 0.62 ? 'rgba(255,255,255,0.6)' : 'rgba(0,0,0,0.55)');
  const children: object[] = layers.fills.map(({ polygons, fill }) => areas(polygons, place, fill));
  if (layers.estimated.length > 0)
    children.push(strokes(layers.estimated, place, { stroke: theme.background, lineWidth: 1.2, opacity: 0.45 }));
  if (layers.infinite.length > 0) children.push(strokes(layers.infinite, place, { stroke: theme.ink, lineWidth: 1 }));
  const dense = layers.lines.length > 12;
  const labels: { x: number; y: number; reach: number }[] = [];
  // Over all lines: a number that is crossed out says nothing.
  const numbers: object[] = [];
  for (const [index, { level, lines }] of layers.lines.entries()) {
    children.push(strokes(lines, place, { stroke: over(level), lineWidth: index % 4 === 0 ? 1.3 : 0.8 }));
    if (!dense || index % 4 === 0) numbers.push(...lineLabels(lines, level, place, over(level), theme, labels));
  }
  for (const { level, lines } of layers.overlay) {
    children.push(strokes(lines, place, { stroke: '#000', lineWidth: 3.2, opacity: 0.5 }));
    children.push(strokes(lines, place, { stroke: '#fff', lineWidth: 1.4, lineDash: [5, 3] }));
    numbers.push(...lineLabels(lines, level, place, '#fff', theme, labels));
  }
  children.push(...numbers);
  if (model.dots) children.push(...dots(model, place));
  const farthest = Math.max(0, ...model.paths.flatMap(({ points }) => points.map(({ distance }) => distance)));
  for (const path of model.paths) children.push(...pathMarks(path, farthest, place, theme));
  for (const point of model.critical) children.push(...criticalMarks(point, place));
  return children;
}

/** A name in the room that an axis has; a letter of 11 pixels is about 6 wide. */
function shortened(name: string, length: number): string {
  const most = Math.floor(length / 5.8);
  return name.length <= most ? name : `${name.slice(0, Math.max(1, most - 1))}…`;
}
