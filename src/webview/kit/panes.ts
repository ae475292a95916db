/** Where a pane stands in its figure, in pixels. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The panes of a figure, and which of them carry the numbers of a shared axis. */
export interface PaneLayout {
  readonly panes: readonly Rect[];
  readonly height: number;
  /** The lines of each pane's title. */
  readonly titles: readonly (readonly string[])[];
  /** Whether a pane is the leftmost of its row. */
  firstOfRow(pane: number): boolean;
  /** Whether no pane stands below it. */
  lastOfColumn(pane: number): boolean;
}

export interface PaneOptions {
  /** Width of the figure in pixels. */
  readonly width: number;
  /** Height of one pane. */
  readonly paneHeight: number;
  /** Room above the first row, for a title and a legend. */
  readonly top: number;
  /** Whether all panes share their axes, so that only outer ones carry numbers. */
  readonly shared: boolean;
  /** Narrowest pane that can still be read. */
  readonly leastWidth?: number;
  /** Room at the right edge. */
  readonly right?: number;
}

export const titleLineHeight = 15;
const left = 48;
const below = 40;

/** Places a pane for each title: side by side as long as there is room, else in rows of about equal length. */
export function paneLayout(titles: readonly string[], options: PaneOptions): PaneLayout {
  const { width, paneHeight, top, shared, leastWidth = 128, right = 10 } = options;
  const gap = shared ? 28 : 54;
  const room = width - left - right;
  const most = Math.max(1, Math.min(8, Math.floor((room + gap) / (leastWidth + gap))));
  const rows = Math.max(1, Math.ceil(titles.length / most));
  const columns = Math.max(1, Math.ceil(titles.length / rows));
  const paneWidth = Math.max(40, (room - gap * (columns - 1)) / columns);
  const wrapped = titles.map((title) => (title === '' ? [] : wrapLabel(title, paneWidth)));
  const lines = Math.max(0, ...wrapped.map((title) => title.length));
  const titleHeight = lines === 0 ? 6 : 10 + titleLineHeight * lines;
  const rowHeight = titleHeight + paneHeight + (rows > 1 ? 26 : 0);
  return {
    panes: titles.map((_, index) => ({
      left: left + (index % columns) * (paneWidth + gap),
      top: top + titleHeight + Math.floor(index / columns) * rowHeight,
      width: paneWidth,
      height: paneHeight,
    })),
    height: top + rows * rowHeight + below - (rows > 1 ? 26 : 0),
    titles: wrapped,
    firstOfRow: (pane) => pane % columns === 0,
    lastOfColumn: (pane) => pane + columns >= titles.length,
  };
}

/** A label in lines that fit a width, at most three. A bold letter of 12 pixels is about 6.6 pixels wide. */
export function wrapLabel(label: string, width: number): string[] {
  const most = Math.max(4, Math.floor(width / 6.6));
  const lines: string[] = [];
  for (const word of label.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= most) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  const shown = lines.length > 3 ? [...lines.slice(0, 2), lines.slice(2).join(' ')] : lines;
  return shown.map((line) => (line.length <= most ? line : `${line.slice(0, most - 1)}…`));
}
