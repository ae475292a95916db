import sharp from 'sharp';
import {
  colourTable,
  defaultColourMap,
  outcomeColours,
  paint,
  quantities,
  type Paint,
  type QuantityName,
} from '../insight/maps';
import { accessible, fontFamily } from './chart';
import { hex, themeColour } from './colours';
import { escapeXml } from './figure';
import { wrapLabel } from './panes';
import { pngUri } from './pixels';
import { tickLabel, valueRange } from './ranges';

/** A quantity of every pixel of an image, and what to write over it. */
export interface QuantityMap {
  readonly name: QuantityName;
  /** [height, width] */
  readonly values: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** A line below the title: which run, epoch and image. */
  readonly subtitle: string;
  /** Its colours; with a range, unless it is one of classes. */
  readonly paint: Paint;
}

const widest = 1100;
const narrowest = 420;
const barWidth = 14;

/** A map with its colour bar, or the legend of its classes, as an SVG for a light and a dark page. */
export async function mapFigure(map: QuantityMap): Promise<string> {
  const { width, height, title, subtitle } = map;
  // Small maps are enlarged with square pixels, large ones made smaller.
  const scale = width < narrowest ? Math.ceil(narrowest / width) : Math.min(1, widest / width);
  const [shownWidth, shownHeight] = [Math.round(width * scale), Math.round(height * scale)];
  const lines = wrapLabel(title, shownWidth);
  const top = 18 * lines.length + 26;
  const parts = [
    ...lines.map((line, i) => text(line, 0, 14 + 18 * i, { size: 15, bold: true })),
    text(subtitle, 0, top - 10, { size: 12, muted: true }),
    `<image href="${pngUri(await painted(map, shownWidth, shownHeight))}" x="0" y="${top}" width="${shownWidth}" height="${shownHeight}"/>`,
    ...(quantities[map.name].scale === 'classes'
      ? legend(map, shownWidth + 16, top)
      : bar(map, shownWidth + 16, top, shownHeight)),
  ];
  const [fullWidth, fullHeight] = [shownWidth + 140, top + Math.max(shownHeight, 130) + 8];
  return accessible(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${fullWidth}" height="${fullHeight}" viewBox="0 0 ${fullWidth} ${fullHeight}" font-family="${escapeXml(fontFamily)}">${parts.join('')}</svg>`,
    fullWidth,
    `${title}, ${subtitle}`,
  );
}

async function painted({ name, values, width, height, paint: look }: QuantityMap, toWidth: number, toHeight: number) {
  const image = sharp(paint(name, values, look), { raw: { width, height, channels: 4 } });
  const kernel = toWidth > width ? 'nearest' : 'lanczos3';
  return image.resize(toWidth, toHeight, { fit: 'fill', kernel }).png().toBuffer();
}

function bar({ name, paint: look, values }: QuantityMap, x: number, y: number, height: number): string[] {
  const { scale, unit, range: natural } = quantities[name];
  const [from, to] = look.range ?? natural ?? [0, 1];
  const steps = 33;
  const table = colourTable(look.colours ?? defaultColourMap[scale], steps);
  const stops = Array.from({ length: steps }, (_, i) => {
    const colour = hex([table[3 * i]!, table[3 * i + 1]!, table[3 * i + 2]!]);
    return `<stop offset="${i / (steps - 1)}" stop-color="${colour}"/>`;
  });
  const place = (value: number): number => y + height * (1 - (value - from) / (to - from));
  const ticks = valueRange([from, to], Infinity).ticks.filter((tick) => tick >= from && tick <= to);
  const labelled = [...new Set([from, ...ticks, to])].filter(
    (tick, _, all) =>
      tick === from ||
      tick === to ||
      all.every((end) => (end !== from && end !== to) || farFrom(place(end), place(tick))),
  );
  const beyond = Array.from(values).some((value) => value > to) ? '≥ ' : '';
  return [
    `<defs><linearGradient id="bar" x1="0" y1="1" x2="0" y2="0">${stops.join('')}</linearGradient></defs>`,
    `<rect x="${x}" y="${y}" width="${barWidth}" height="${height}" fill="url(#bar)" stroke="${themeColour('line')}"/>`,
    ...labelled.map((tick) =>
      text(`${tick === to ? beyond : ''}${tickLabel(tick)}`, x + barWidth + 6, place(tick) + 4, { size: 12 }),
    ),
    ...(unit === '' ? [] : [text(unit, x, y - 8, { size: 12, muted: true })]),
  ];
}

function farFrom(a: number, b: number): boolean {
  return Math.abs(a - b) > 14;
}

const outcomeNames = ['true negative', 'true positive', 'false negative: missed', 'false positive: invented'];

function legend({ name, paint: look }: QuantityMap, x: number, y: number): string[] {
  const entries =
    name === 'outcome'
      ? outcomeColours[look.outcomes ?? 'safe'].map(([red, green, blue], i) => [
          hex([red, green, blue]),
          outcomeNames[i]!,
        ])
      : [
          ['#ffffff', 'foreground'],
          ['#000000', 'background'],
        ];
  let row = y;
  return entries.flatMap(([colour, words]) => {
    const lines = wrapLabel(words!, 100);
    const at = row;
    row += 8 + 14 * lines.length;
    return [
      `<rect x="${x}" y="${at}" width="12" height="12" rx="2" fill="${colour}" stroke="${themeColour('line')}"/>`,
      ...lines.map((line, k) => text(line, x + 18, at + 10 + 14 * k, { size: 12 })),
    ];
  });
}

function text(
  content: string,
  x: number,
  y: number,
  { size, bold = false, muted = false }: { size: number; bold?: boolean; muted?: boolean },
): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${themeColour(muted ? 'muted' : 'ink')}"${bold ? ' font-weight="bold"' : ''}>${escapeXml(content)}</text>`;
}
