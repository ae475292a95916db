import { figureWidth } from './chart';
import { themeColour } from './colours';

/** Where the panes of a figure with one pane per run stand, in pixels. */
export interface PaneLayout {
  readonly panes: readonly { left: number; top: number; width: number; height: number }[];
  readonly width: number;
  readonly height: number;
  /** The lines of each pane's title. */
  readonly titles: readonly (readonly string[])[];
  /** Whether a pane is the leftmost of its row, and so the one that carries the numbers of a shared axis. */
  firstOfRow(pane: number): boolean;
}

const mostColumns = 6;
const mostPaneWidth = 480;
const paneHeight = 168;
const lineHeight = 16;
const legendHeight = 24;

/**
 * Places a pane for each title side by side, in rows of equal length when there are more than six. Panes with scales of
 * their own keep room for the numbers of their axis.
 */
export function gridLayout(
  titles: readonly string[],
  { sharedScale, rightMargin = 8 }: { sharedScale: boolean; rightMargin?: number },
): PaneLayout {
  const rows = Math.ceil(titles.length / mostColumns);
  const columns = Math.ceil(titles.length / rows);
  const left = 46;
  const gap = sharedScale ? 28 : 54;
  const width = Math.min(mostPaneWidth, (figureWidth - left - rightMargin - gap * (columns - 1)) / columns);
  const wrapped = titles.map((title) => wrapLabel(title, width));
  const titleHeight = 10 + lineHeight * Math.max(...wrapped.map((lines) => lines.length));
  const rowHeight = titleHeight + paneHeight + 48;
  return {
    panes: titles.map((_, index) => ({
      left: left + (index % columns) * (width + gap),
      top: legendHeight + titleHeight + Math.floor(index / columns) * rowHeight,
      width,
      height: paneHeight,
    })),
    width: left + columns * (width + gap) - gap + rightMargin,
    height: legendHeight + rows * rowHeight - 4,
    titles: wrapped,
    firstOfRow: (pane) => pane % columns === 0,
  };
}

/** A title over each pane. */
export function paneTitles(layout: PaneLayout): object[] {
  return layout.panes.map((pane, index) => {
    const lines = layout.titles[index]!;
    return {
      text: lines.join('\n'),
      left: pane.left,
      top: pane.top - 8 - lineHeight * lines.length,
      padding: 0,
      textStyle: { color: themeColour('ink'), fontSize: 13, lineHeight, fontWeight: 'bold' },
    };
  });
}

/** A label in lines that fit a width, at most three. A bold letter of 13 pixels is about 7 pixels wide. */
export function wrapLabel(label: string, width: number): string[] {
  const most = Math.max(4, Math.floor(width / 7));
  const lines: string[] = [];
  for (const word of label.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= most) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  const shown = lines.length > 3 ? [...lines.slice(0, 2), lines.slice(2).join(' ')] : lines;
  return shown.map((line) => (line.length <= most ? line : `${line.slice(0, most - 1)}…`));
}
