import type { Backdrop } from './backdrop';
import type { AxisRange } from './ranges';
import type { Look } from './theme';

/** One line of a chart, or one row of points. All arrays are equally long. */
export interface ChartLine {
  /** What the legend switches on and off, and hovering highlights: a run's folder, a split, a layer. */
  readonly key: string;
  /** In words, complete: "focal γ=2, test". */
  readonly name: string;
  readonly pane: number;
  readonly look: Look;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Lower and upper end of the band around the line, or of each point's whisker. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  /** The values before smoothing, drawn thin behind the line. */
  readonly raw?: ArrayLike<number>;
  /** Epoch of each point; NaN where a point belongs to none. */
  readonly epochs: ArrayLike<number>;
  /** Run that a click on the line is about. */
  readonly folder: string;
  /** Points with whiskers instead of a line; `labels` are written beside them. */
  readonly points?: boolean;
  readonly labels?: readonly string[];
  /** Pixels by which points stand beside their x, where several runs share it. */
  readonly offset?: number;
}

/** What numbers on the x axis mean. */
export type XKind = 'count' | 'time' | 'value';

/** A chart without its place, its colours and its zoom: one pane or several, with the same x axis. */
export interface ChartModel {
  readonly id: string;
  readonly title: string;
  /** Under the title in files: the split, what the band is, how lines were smoothed. */
  readonly subtitle: string;
  /** Title of each pane; a single pane needs none. */
  readonly panes: readonly string[];
  readonly xName: string;
  readonly xKind: XKind;
  readonly x: AxisRange;
  /** One range per pane; the same one where panes share their axis. */
  readonly y: readonly AxisRange[];
  readonly sharedY: boolean;
  readonly digits: number;
  readonly lines: readonly ChartLine[];
  /** A histogram behind the lines of the first pane. */
  readonly backdrop?: Backdrop;
  /** A dashed line across every pane. */
  readonly reference?: number;
  /** Names at both ends of the colour scale of layers, in place of a legend. */
  readonly scaleNames?: readonly [first: string, last: string];
  /** What a legend lists. */
  readonly legend: readonly { readonly name: string; readonly look: Look }[];
  /** Keys that are switched off. */
  readonly hidden: ReadonlySet<string>;
}

/** Ends of the part of the axes that is shown. Where panes have axes of their own, `y` is by pane, else under 0. */
export interface Zoom {
  readonly x?: readonly [number, number];
  readonly y?: Readonly<Record<number, readonly [number, number]>>;
}
