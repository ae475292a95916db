import { accessible, figureWidth, fontFamily } from './chart';
import { difference, hex, redBlue, rgb, themeColour, viridis, type ColourMap } from './colours';
import { contours } from './contours';
import { escapeXml, type Figure } from './figure';
import { lossRow } from './lossRow';
import { wrapLabel } from './panes';
import { jpegUri, photographJpeg, pixelsPng, pngUri } from './pixels';
import type { Prediction } from './predictions';
import { tickLabel } from './ranges';
import type { ReportRun } from './reportRun';

const mostColumns = 6;
const gap = 12;
/** The legend stands in a row of pictures, however flat they are. */
const legendHeight = 104;
const targetColour = '#ffffff';
const predictionColour = '#ffd400';

/** One prediction and the run that made it. */
interface Sample {
  readonly run: ReportRun;
  readonly prediction: Prediction;
}

/** A figure per image that runs have predictions for; more than one when there are more runs than fit side by side. */
export async function predictionFigures(runs: readonly ReportRun[]): Promise<Figure[]> {
  const names = [...new Set(runs.flatMap((run) => run.predictions.map((prediction) => prediction.name)))];
  const figures: Figure[] = [];
  for (const name of names) {
    const samples = runs.flatMap((run) => {
      const prediction = run.predictions.find((candidate) => candidate.name === name);
      return prediction ? [{ run, prediction }] : [];
    });
    const parts = Math.ceil(samples.length / mostColumns);
    const columns = Math.ceil(samples.length / parts);
    for (let part = 0; part < parts; part++) {
      const figureName = `prediction-${name}${part === 0 ? '' : `-${part + 1}`}`;
      figures.push(
        await predictionFigure(name, figureName, samples.slice(part * columns, (part + 1) * columns), columns),
      );
    }
  }
  return figures;
}

async function predictionFigure(
  name: string,
  figureName: string,
  samples: readonly Sample[],
  mostSamples: number,
): Promise<Figure> {
  const { image, mask } = samples[0]!.prediction;
  const aspect = image.height / image.width;
  const columns = samples.length + 1;
  const cellWidth = Math.min((figureWidth - gap * mostSamples) / (mostSamples + 1), 300, 270 / aspect);
  const cellHeight = cellWidth * aspect;
  const titles = [name, ...samples.map(({ run }) => run.label)].map((label) => wrapLabel(label, cellWidth));
  const titleLines = Math.max(...titles.map((lines) => lines.length));
  const top = 12 + 16 * titleLines + 14;
  const heading = (column: number, below: string): string[] => [
    ...titles[column]!.map((line, index) =>
      text(line, [x(column), 16 * (titleLines - titles[column]!.length + index + 1)], { bold: true }),
    ),
    text(below, [x(column), 16 * titleLines + 16], { muted: true }),
  ];
  const x = (column: number): number => column * (cellWidth + gap);
  const y = (row: number): number => top + row * (Math.max(cellHeight, legendHeight) + gap);
  const scale = cellWidth / image.width;
  const picturePixels = Math.ceil(2 * cellWidth);
  const id = `photograph-${figureName.replace(/[^\w-]/g, '-')}`;

  const picture = (uri: string, column: number, row: number, extra = ''): string =>
    `<image href="${uri}" x="${x(column)}" y="${y(row)}" width="${cellWidth}" height="${cellHeight}"${extra}/>`;
  const target = outline(mask.data, image, 127.5, scale);
  const outlined = (path: string, column: number, row: number, colour: string, width: number): string =>
    `<path d="${path}" transform="translate(${x(column)} ${y(row)})" fill="none" stroke="#000000" stroke-opacity="0.55" stroke-width="${width + 1.6}"/>` +
    `<path d="${path}" transform="translate(${x(column)} ${y(row)})" fill="none" stroke="${colour}" stroke-width="${width}"/>`;

  const photograph = jpegUri(await photographJpeg(image, picturePixels));
  const parts = [
    picture(photograph, 0, 0, ` id="${id}"`),
    outlined(target, 0, 0, targetColour, 1.4),
    ...heading(0, 'photograph, true contour'),
    ...legend(x(0), y(1)),
    ...colourBar(x(0), y(2), {
      title: 'confidence pt',
      colours: redBlue,
      ticks: ['0', '0.5', '1'],
      ends: ['wrong', 'right'],
      width: Math.min(cellWidth, 180),
      id: `${id}-bar`,
    }),
  ];
  const losses = await lossRow(samples, picturePixels);
  if (losses) {
    parts.push(
      ...colourBar(x(0), y(3), {
        title: 'loss per pixel',
        colours: viridis,
        ticks: ['0', tickLabel(losses.top / 2), `≥ ${tickLabel(losses.top)}`],
        ends: ['', ''],
        width: Math.min(cellWidth, 180),
        id: `${id}-loss-bar`,
      }),
    );
  }
  for (const [index, { prediction }] of samples.entries()) {
    const column = index + 1;
    const iou = prediction.iou === null ? '' : `IoU ${prediction.iou.toFixed(3)}`;
    const predicted = outline(prediction.probability.data, prediction.image, 127.5, cellWidth / prediction.image.width);
    parts.push(
      ...heading(column, iou),
      `<use href="#${id}" x="${x(column)}" y="0"/>`,
      outlined(target, column, 0, targetColour, 1.2),
      outlined(predicted, column, 0, predictionColour, 1.4),
      picture(pngUri(await differencePng(prediction, picturePixels)), column, 1),
      picture(pngUri(await confidencePng(prediction, picturePixels)), column, 2),
    );
    const loss = losses?.cells[index];
    if (loss === undefined) continue;
    if ('picture' in loss) parts.push(picture(loss.picture, column, 3));
    else
      parts.push(
        ...wrapLabel(loss.reason, cellWidth).map((line, k) =>
          text(line, [x(column), y(3) + 12 + 16 * k], { muted: true }),
        ),
      );
  }
  const height = y(losses ? 3 : 2) + Math.max(cellHeight, legendHeight) + 4;
  const width = columns * (cellWidth + gap) - gap;
  const labels = samples.map(({ run }) => run.label);
  const epochs = [...new Set(samples.flatMap(({ prediction }) => prediction.epoch ?? []))].sort((a, b) => a - b);
  return {
    name: figureName,
    title: `Prediction: ${name}`,
    caption:
      `${epochs.length > 0 ? `After epoch ${epochs.join(' and ')}. ` : ''}${image.width} × ${image.height} pixels, as evaluated. ` +
      `Top: the photograph with the true contour (white) and the contour of the prediction, where the probability of ` +
      `foreground is one half (yellow). Second row: where the prediction is right and wrong about the foreground. Third: ` +
      `confidence, the softmax probability of the true class of each pixel; blue is right and sure, red is wrong and sure.` +
      `${losses ? ' Last: the loss of each pixel under the run’s own loss, all on one scale; its mean over an image is the reported loss.' : ''}`,
    svg: accessible(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escapeXml(fontFamily)}">${parts.join('')}</svg>`,
      width,
      `Predictions for image ${name} by ${labels.join(', ')}`,
    ),
  };
}

/** The outline of all values above a level, as the data of an SVG path in cell coordinates. */
function outline(
  values: Uint8Array,
  { width, height }: { width: number; height: number },
  level: number,
  scale: number,
) {
  // A border of zeros closes the outline of a region that touches the edge.
  const padded = new Uint8Array((width + 2) * (height + 2));
  for (let row = 0; row < height; row++) {
    padded.set(values.subarray(row * width, (row + 1) * width), (row + 1) * (width + 2) + 1);
  }
  const clamp = (value: number, most: number): string => (Math.min(Math.max(value - 0.5, 0), most) * scale).toFixed(1);
  return contours(padded, width + 2, height + 2, level)
    .map((line) => `M${line.map(([x, y]) => `${clamp(x, width)} ${clamp(y, height)}`).join('L')}Z`)
    .join('');
}

const positiveColours = {
  truePositive: rgb(difference.truePositive),
  falseNegative: rgb(difference.falseNegative),
  falsePositive: rgb(difference.falsePositive),
};

async function differencePng({ image, probability, mask }: Prediction, maxWidth: number): Promise<Buffer> {
  return pixelsPng(image.width, image.height, maxWidth, (index) => {
    const truth = mask.data[index]! > 127;
    const predicted = probability.data[index]! > 127;
    const [red, green, blue] = [0, 1, 2].map((channel) => image.data[index * 3 + channel]!) as [number, number, number];
    const grey = 0.3 * red + 0.59 * green + 0.11 * blue;
    if (!truth && !predicted) return [0.5 * grey, 0.5 * grey, 0.5 * grey];
    const colour = positiveColours[truth ? (predicted ? 'truePositive' : 'falseNegative') : 'falsePositive'];
    return [0, 1, 2].map((channel) => 0.8 * colour[channel]! + 0.2 * grey) as [number, number, number];
  });
}

async function confidencePng({ image, probability, mask }: Prediction, maxWidth: number): Promise<Buffer> {
  return pixelsPng(image.width, image.height, maxWidth, (index) => {
    const foreground = probability.data[index]! / 255;
    return redBlue(mask.data[index]! > 127 ? foreground : 1 - foreground);
  });
}

function text(
  content: string,
  [x, y]: [number, number],
  look: { bold?: boolean; muted?: boolean; anchor?: string } = {},
) {
  return (
    `<text x="${x}" y="${y}" font-size="${look.bold ? 13 : 12}" fill="${themeColour(look.muted ? 'muted' : 'ink')}"` +
    `${look.bold ? ' font-weight="bold"' : ''} text-anchor="${look.anchor ?? 'start'}">${escapeXml(content)}</text>`
  );
}

function legend(left: number, top: number): string[] {
  const entries = [
    [difference.truePositive, 'true positive'],
    [difference.falseNegative, 'false negative: missed'],
    [difference.falsePositive, 'false positive: invented'],
    ['#808080', 'true negative: photograph'],
  ] as const;
  return [
    text('difference', [left, top + 12], { bold: true }),
    ...entries.flatMap(([colour, words], index) => [
      `<rect x="${left}" y="${top + 22 + index * 20}" width="12" height="12" rx="2" fill="${colour}" stroke="${themeColour('line')}"/>`,
      text(words, [left + 18, top + 32 + index * 20]),
    ]),
  ];
}

interface ColourBar {
  readonly title: string;
  readonly colours: ColourMap;
  /** Below its left end, its middle and its right end. */
  readonly ticks: readonly [string, string, string];
  /** Words below the ticks at its two ends. */
  readonly ends: readonly [string, string];
  readonly width: number;
  readonly id: string;
}

function colourBar(left: number, top: number, { title, colours, ticks, ends, width, id }: ColourBar): string[] {
  const stops = Array.from({ length: 11 }, (_, index) => index / 10);
  const gradient = stops.map((stop) => `<stop offset="${stop}" stop-color="${hex(colours(stop))}"/>`).join('');
  const anchors = ['start', 'middle', 'end'];
  return [
    text(title, [left, top + 12], { bold: true }),
    `<defs><linearGradient id="${id}">${gradient}</linearGradient></defs>`,
    `<rect x="${left}" y="${top + 22}" width="${width}" height="12" fill="url(#${id})" stroke="${themeColour('line')}"/>`,
    ...ticks.map((tick, i) => text(tick, [left + (i / 2) * width, top + 49], { anchor: anchors[i]! })),
    ...ends.map((end, i) => text(end, [left + i * width, top + 65], { muted: true, anchor: anchors[2 * i]! })),
  ];
}
