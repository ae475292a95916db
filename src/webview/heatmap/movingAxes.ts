import type { Theme } from '../kit/theme';
import { axesOf, type Axis, type FrameModel, labelMargin, labelSize, lineColour, tickLength } from './axes';

/**
 * The axes of `frameOption` as ECharts draws them, painted by hand: for the frames of a gesture, of which ECharts would take
 * the greater part to lay out axes that look alike.
 */
export function paintAxes(context: CanvasRenderingContext2D, model: FrameModel, theme: Theme): void {
  context.save();
  context.font = `${labelSize}px ${theme.font}`;
  context.lineWidth = 1;
  for (const axis of axesOf(model)) paintAxis(context, axis, theme);
  context.restore();
}

function paintAxis(context: CanvasRenderingContext2D, { rect, side, ends, ticks, text }: Axis, theme: Theme): void {
  const across = side === 'bottom';
  const from = across ? rect.left : rect.top;
  const length = across ? rect.width : rect.height;
  const at = (value: number): number => from + ((value - ends[0]) / (ends[1] - ends[0])) * length;
  // Where the line is, and which way its numbers lie.
  const line = { bottom: rect.top + rect.height, left: rect.left, right: rect.left + rect.width }[side];
  const out = side === 'left' ? -1 : 1;
  const stroke = (colour: string, ...points: readonly (readonly [along: number, beside: number])[]): void => {
    context.strokeStyle = colour;
    context.beginPath();
    for (const [index, [along, beside]] of points.entries()) {
      const [x, y] = across ? [along, beside] : [beside, along];
      if (index % 2 === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    context.stroke();
  };
  stroke(lineColour(theme), [from, line + 0.5], [from + length, line + 0.5]);
  stroke(
    theme.muted,
    ...ticks.flatMap((tick): [number, number][] => [
      [sharp(at(tick)), line],
      [sharp(at(tick)), line + out * tickLength],
    ]),
  );
  context.fillStyle = theme.muted;
  context.textAlign = across ? 'center' : side === 'left' ? 'right' : 'left';
  context.textBaseline = across ? 'top' : 'middle';
  for (const tick of ticks) {
    // Where ECharts puts the top of a line of text.
    const beside = line + out * labelMargin - (across ? 1.5 : 0);
    const [x, y] = across ? [at(tick), beside] : [beside, at(tick)];
    context.fillText(text(tick), x, y);
  }
}

/** The middle of a pixel, where a line of one pixel's width fills one row of them; of two as near, ECharts' choice. */
function sharp(place: number): number {
  const halves = Math.round(2 * place);
  return (halves % 2 === 0 ? halves - 1 : halves) / 2;
}
