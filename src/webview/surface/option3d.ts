import { tickText } from '../kit/format';
import type { Theme } from '../kit/theme';
import { pointKinds, valueAt } from './field';
import { markOf, type PaneModel } from './paneModel';
import { colourOf } from './plotOption';
import type { Place } from './state';

/** Above the surface, in the height of the box: so that marks are not sunk into it. */
const lift = 0.01;

/** Where a surface is looked from: angles in degrees, and how far away. */
export interface Camera {
  readonly alpha: number;
  readonly beta: number;
  readonly distance: number;
  readonly center?: readonly number[];
}

export const firstCamera: Camera = Object.freeze({ alpha: 32, beta: 35, distance: 225 });

/**
 * A surface in three dimensions with light, for echarts-gl. Height is the place on the scale. Networks of trajectories stand at
 * their own loss, above or below the plane's, with a stem to the plane: they do not lie on the surface.
 *
 * @param quantity key of what is drawn, to find the networks' own values by.
 * @param camera where it is looked from; null leaves that as it is.
 */
export function option3d(
  model: PaneModel,
  quantity: string,
  cursor: Place | null,
  theme: Theme,
  camera: Camera | null,
): Record<string, unknown> {
  const { field, scale } = model;
  const { a, b, values, kinds } = field;
  const height = (value: number): number => (Number.isFinite(value) ? scale.place(value) : NaN);
  const data = Array.from(values, (value, index) => {
    const place = height(value);
    return {
      value: [a[index % a.length]!, b[Math.floor(index / a.length)]!, Number.isNaN(place) ? '-' : place],
      itemStyle: { color: colourOf(place), opacity: kinds[index] === pointKinds.estimated ? 0.75 : 1 },
    };
  });
  const label = { color: theme.ink, fontSize: 11, fontFamily: theme.font };
  const axis = (name: string, axis: readonly number[]) => ({
    type: 'value',
    name,
    min: axis[0],
    max: axis.at(-1),
    nameTextStyle: label,
    axisLabel: { textStyle: label, formatter: (value: number) => tickText(Number(value.toPrecision(3))) },
    axisLine: { lineStyle: { color: theme.muted } },
    splitLine: { lineStyle: { color: theme.hairline } },
    axisPointer: { show: false },
  });
  const points = [
    ...model.critical.map(({ a: x, b: y, value, kind }) => ({
      value: [x, y, height(value) + lift],
      itemStyle: { color: kind === 'minimum' ? '#ffffff' : kind === 'saddle' ? '#ff5a5a' : '#000000' },
    })),
    ...(cursor
      ? [
          {
            value: [cursor.a, cursor.b, height(valueAt(field, cursor.a, cursor.b)) + lift],
            itemStyle: { color: theme.ink },
          },
        ]
      : []),
  ];
  return {
    backgroundColor: 'transparent',
    grid3D: {
      boxWidth: 110,
      boxDepth: 110,
      boxHeight: 62,
      ...(camera ? { viewControl: { ...camera, damping: 0 } } : {}),
      light: { main: { intensity: 1.1, alpha: 45, beta: 30, shadow: false }, ambient: { intensity: 0.45 } },
      environment: theme.background,
    },
    xAxis3D: axis('a', a),
    yAxis3D: axis('b', b),
    zAxis3D: {
      ...axis('', [0, 1]),
      axisLabel: {
        textStyle: label,
        formatter: (place: number) => tickText(Number(scale.value(place).toPrecision(3))),
      },
    },
    series: [
      {
        type: 'surface',
        dataShape: [b.length, a.length],
        data,
        shading: 'lambert',
        wireframe: { show: model.lines, lineStyle: { color: 'rgba(0,0,0,0.18)', width: 1 } },
        silent: true,
      },
      {
        type: 'scatter3D',
        data: points,
        symbolSize: 9,
        itemStyle: { borderColor: '#000', borderWidth: 1 },
        silent: true,
      },
      ...pathSeries(model, quantity, theme),
    ],
  };
}

function pathSeries(model: PaneModel, quantity: string, theme: Theme): object[] {
  const { scale } = model;
  const farthest = Math.max(0, ...model.paths.flatMap(({ points }) => points.map(({ distance }) => distance)));
  return model.paths.flatMap(({ points, place }) => {
    const color = theme.runs[place % theme.runs.length]!;
    const measured = points.flatMap(({ a, b, distance, own, plane }) => {
      const [height, foot] = [own?.[quantity], plane?.[quantity]];
      if (height === undefined || !Number.isFinite(height)) return [];
      return [{ a, b, distance, height: scale.place(height), foot: scale.place(foot ?? NaN) }];
    });
    if (measured.length === 0) return [];
    return [
      {
        type: 'line3D',
        data: measured.map(({ a, b, height }) => [a, b, height]),
        lineStyle: { color, width: 2.5 },
        silent: true,
      },
      {
        type: 'scatter3D',
        data: measured.map(({ a, b, height, distance }) => {
          const { radius, opacity } = markOf(distance, farthest);
          return { value: [a, b, height], symbolSize: 2 * radius, itemStyle: { color, opacity } };
        }),
        silent: true,
      },
      ...measured
        .filter(({ foot }) => Number.isFinite(foot))
        .map(({ a, b, height, foot }) => ({
          type: 'line3D',
          data: [
            [a, b, foot],
            [a, b, height],
          ],
          lineStyle: { color, width: 1, opacity: 0.6 },
          silent: true,
        })),
    ];
  });
}
