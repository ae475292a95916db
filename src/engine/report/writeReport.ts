import { mkdir } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileProblem, writeFileAtomic } from '../../runs/files';
import { Problem } from '../../runs/problem';
import { curvesFigure } from './curvesFigure';
import type { Figure } from './figure';
import { curves } from './measures';
import { overlayFigure } from './overlayFigure';
import { renderPage, type Section } from './page';
import { canDrawText, figurePng } from './png';
import { predictionFigures } from './predictionFigure';
import { readReportRuns, type ReportRun } from './reportRun';
import { surfaceFigure } from './surfaceFigure';
import { weightFigure } from './weightFigure';

/** What a report has become on disk. */
export interface WrittenReport {
  /** The page. */
  readonly html: string;
  /** A PNG of every figure, in the order of the page. */
  readonly images: string[];
  /** What could not be read or drawn, in words; the page says the same. */
  readonly warnings: string[];
}

/**
 * Writes a report on runs: one self-contained HTML page at `out`, and every figure as a PNG in `<out name>-images/`
 * beside it.
 * @param runFolders in the order in which they are to appear.
 * @throws Problem when there is no run, one cannot be read, or the place cannot be written to.
 */
export async function writeReport(
  runFolders: readonly string[],
  out: string,
  { title }: { title?: string } = {},
): Promise<WrittenReport> {
  if (runFolders.length === 0) {
    throw new Problem('there are no runs to report', { hint: 'Train something first: losscape train FILE' });
  }
  const html = resolve(out);
  const runs = await readReportRuns(runFolders);
  const sections = await drawSections(runs);
  const warnings = runs.flatMap((run) => run.warnings);
  if (!(await canDrawText())) {
    warnings.push(
      'The PNG pictures beside this page have no text: this machine has no font that could be used. ' +
        'Install one (fonts-dejavu-core, for example) and write the report again.',
    );
  }

  const folder = join(dirname(html), `${basename(html, extname(html))}-images`);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw fileProblem(error, folder);
  }
  const images: string[] = [];
  for (const figure of sections.flatMap((section) => section.figures)) {
    const file = join(folder, `${uniqueFileName(figure, images)}.png`);
    await writeFileAtomic(file, await figurePng(figure.svg));
    images.push(file);
  }
  const page = renderPage({ title: title ?? defaultTitle(runs), runs, sections, warnings, written: new Date() });
  await writeFileAtomic(html, page);
  return { html, images, warnings };
}

async function drawSections(runs: readonly ReportRun[]): Promise<Section[]> {
  const surfaces: Figure[] = [];
  for (const run of runs) for (const surface of run.surfaces) surfaces.push(await surfaceFigure(run, surface));
  const overlay = runs.length > 1 ? overlayFigure(runs) : null;
  return [
    {
      title: 'The runs side by side',
      lead: 'One line per loss, one pane per measure: how fast each gets there and where it ends.',
      figures: overlay ? [overlay] : [],
    },
    {
      title: 'Curves',
      lead: runs.length > 1 ? 'One pane per run, train and test in each.' : 'Train and test images over the epochs.',
      paired: runs.length === 1,
      figures: [...curves.map((measure) => curvesFigure(runs, measure)), weightFigure(runs)].filter(
        (figure) => figure !== null,
      ),
    },
    {
      title: 'Sample predictions',
      lead:
        runs.length > 1
          ? 'The same test images under every loss: almost the same contour can come with very different confidence.'
          : 'Some test images: where the prediction is right, and how sure the model is of it.',
      figures: await predictionFigures(runs),
    },
    {
      title: 'Loss surface',
      lead: 'What the loss looks like around the weights that training found.',
      figures: surfaces,
    },
  ];
}

function defaultTitle(runs: readonly ReportRun[]): string {
  const names = [...new Set(runs.map((run) => run.document.experimentName))];
  if (runs.length === 1) return `${names[0]}: ${runs[0]!.document.loss.label}`;
  return names.length === 1 ? `${names[0]}: what the losses do` : 'What the losses do';
}

/** A figure's name as a file name: image names may hold anything. */
function uniqueFileName(figure: Figure, taken: readonly string[]): string {
  const plain = figure.name.replace(/[^\p{Letter}\p{Number}._-]+/gu, '-');
  const used = (name: string): boolean => taken.some((file) => basename(file, '.png') === name);
  let name = plain;
  for (let number = 2; used(name); number++) name = `${plain}-${number}`;
  return name;
}
