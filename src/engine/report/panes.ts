import { figureWidth } from './chart';
import { themeColour } from './colours';

/** Where the panes of a figure with one pane per run stand, in pixels. */
export interface PaneLayout {
  readonly panes: readonly { left: number; top: number; width: number; height: number }[];
  readonly height: number;
  /** Whether a pane is the leftmost of its row, and so the one that carries the numbers of a shared axis. */
  firstOfRow(pane: number): boolean;
}

const mostColumns = 6;

/**
 * Places `count` panes side by side, in further rows when there are more than six. Panes with scales of their own keep
 * room for the numbers of their axis.
 */
export function gridLayout(
  count: number,
  {
    sharedScale,
    paneHeight = 168,
    rightMargin = 8,
  }: { sharedScale: boolean; paneHeight?: number; rightMargin?: number },
): PaneLayout {
  const columns = Math.min(count, mostColumns);
  const left = 46;
  const gap = sharedScale ? 28 : 54;
  const width = Math.min(480, (figureWidth - left - rightMargin - gap * (columns - 1)) / columns);
  const top = 50;
  const rowHeight = paneHeight + 72;
  return {
    panes: Array.from({ length: count }, (_, index) => ({
      left: left + (index % columns) * (width + gap),
      top: top + Math.floor(index / columns) * rowHeight,
      width,
      height: paneHeight,
    })),
    height: top + Math.ceil(count / columns) * rowHeight - 30,
    firstOfRow: (pane) => pane % columns === 0,
  };
}

/** A title over each pane, shortened to its width. */
export function paneTitles(layout: PaneLayout, titles: readonly string[]): object[] {
  return layout.panes.map((pane, index) => ({
    text: titles[index],
    left: pane.left,
    top: pane.top - 24,
    padding: 0,
    textStyle: {
      color: themeColour('ink'),
      fontSize: 13,
      fontWeight: 'bold',
      width: pane.width,
      overflow: 'truncate',
    },
  }));
}
