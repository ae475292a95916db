import { fileName } from '../kit/csv';
import { tickText } from '../kit/format';
import { paperTheme, type Theme } from '../kit/theme';
import type { ExportedFile } from '../protocol/run';
import type { PaneModel } from './paneModel';
import { colourOf } from './plotOption';
import { scaleTitles } from './scales';
import type { Surface3d } from './view3d';

const dotsPerPixel = 2;
const size = { width: 760, height: 560 };
const head = 56;
const foot = 62;
const bar = { left: 690, width: 14, top: head + 70, height: 400, steps: 64 };

/**
 * A surface in three dimensions as a PNG of its own, as it is looked at now: dark on white, with a title, a line about where it
 * comes from, what the axes are, and a bar of its colours. (What the graphics card draws are pixels: no SVG can be made of it.)
 */
export async function export3d(
  view: Surface3d,
  model: PaneModel,
  quantity: string,
  about: string,
): Promise<ExportedFile> {
  const theme = paperTheme;
  const canvas = document.createElement('canvas');
  canvas.width = size.width * dotsPerPixel;
  canvas.height = (head + size.height + foot) * dotsPerPixel;
  const context = canvas.getContext('2d')!;
  context.scale(dotsPerPixel, dotsPerPixel);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  // The box with its axes, without the room of the bar.
  const room = { width: bar.left - 10, height: size.height };
  const picture = await view.picture(model, quantity, theme, room, dotsPerPixel);
  context.drawImage(picture, 0, head, room.width, room.height);
  const write = (text: string, x: number, y: number, colour: string, pixels: number, weight = 400): void => {
    context.fillStyle = colour;
    context.font = `${weight} ${pixels}px ${theme.font}`;
    context.fillText(fitting(context, text, size.width - x - 12), x, y);
  };
  write(model.title, 12, 24, theme.ink, 15, 600);
  write(about, 12, 43, theme.muted, 11);
  const lines = [
    `a: ${model.a}`,
    `b: ${model.b}`,
    `height and colours: ${scaleTitles[model.scale.name]}${model.scale.note === null ? '' : `; ${model.scale.note}`}`,
  ];
  lines.forEach((line, index) => write(line, 12, head + size.height + 14 + 17 * index, theme.muted, 11));
  drawBar(context, model, theme);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('The picture could not be drawn');
  const content = new Uint8Array(await blob.arrayBuffer());
  return { name: fileName(`losscape surface 3d ${model.title}`, 'png'), content };
}

/** The colours from the bottom to the top of the box, with values. */
function drawBar(context: CanvasRenderingContext2D, { scale }: PaneModel, theme: Theme): void {
  const { left, width, top, height, steps } = bar;
  for (let step = 0; step < steps; step += 1) {
    context.fillStyle = colourOf((step + 0.5) / steps);
    context.fillRect(left, top + height * (1 - (step + 1) / steps), width, height / steps + 0.6);
  }
  context.fillStyle = theme.muted;
  context.font = `11px ${theme.font}`;
  context.fillText('value', left, top - 8);
  for (const place of [0, 0.25, 0.5, 0.75, 1]) {
    const y = top + height * (1 - place);
    context.fillRect(left + width, y - 0.5, 3, 1);
    context.fillText(tickText(Number(scale.value(place).toPrecision(3))), left + width + 6, y + 4);
  }
}

/** A text cut off where the room ends. */
function fitting(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let length = text.length;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
  return `${text.slice(0, length)}…`;
}
