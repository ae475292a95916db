import type { Theme } from './theme';

/** A histogram behind the lines of a chart, over the same x axis and with a height of its own. */
export interface Backdrop {
  /** Ends of the bins, on the x axis; all bins are equally wide. */
  readonly from: number;
  readonly to: number;
  readonly layers: readonly {
    readonly name: string;
    /** Numbers in each bin. */
    readonly counts: ArrayLike<number>;
    readonly filled: boolean;
  }[];
}

/** Shares below this have no height. */
const least = 1e-4;

/** How high a share of the whole stands, from 0 (a ten-thousandth or less) to 1 (all of it): a quarter for each power of ten. */
export function backdropHeight(share: number): number {
  return share > least ? 1 - Math.log10(share) / Math.log10(least) : 0;
}

interface CoordinateApi {
  coord(at: [number, number]): [number, number];
}

interface PaneRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The histogram as ECharts draws it: one custom series behind everything, silent, in the first pane. @param y a value on its y axis. */
export function backdropSeries({ from, to, layers }: Backdrop, y: number, theme: Theme): object[] {
  return layers.map(({ counts, filled }, place) => {
    const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
    const bin = (to - from) / counts.length;
    return {
      type: 'custom',
      name: `backdrop ${place}`,
      xAxisIndex: 0,
      yAxisIndex: 0,
      silent: true,
      clip: true,
      z: 0,
      data: total === 0 ? [] : [[from, y]],
      renderItem: ({ coordSys }: { coordSys: PaneRect }, api: CoordinateApi) => {
        const floor = coordSys.y + coordSys.height;
        const points: [number, number][] = [[api.coord([from, y])[0], floor]];
        for (let index = 0; index < counts.length; index += 1) {
          const top = floor - backdropHeight(counts[index]! / total) * coordSys.height;
          points.push([api.coord([from + index * bin, y])[0], top], [api.coord([from + (index + 1) * bin, y])[0], top]);
        }
        points.push([api.coord([to, y])[0], floor]);
        return {
          type: 'polygon',
          shape: { points },
          style: filled
            ? { fill: theme.muted, fillOpacity: theme.highContrast ? 0.45 : 0.3, stroke: 'none' }
            : { fill: 'none', stroke: theme.muted, lineWidth: 1.2, opacity: theme.highContrast ? 1 : 0.8 },
        };
      },
    };
  });
}
