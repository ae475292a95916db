import { basename, join, resolve } from 'node:path';
import { namesIn, writeFileAtomic } from '../../runs/files';
import { Problem } from '../../runs/problem';
import { inspectDataset } from '../data/inspect';
import { counted } from '../data/listing';
import { phantomExperimentName } from '../data/phantom/experimentFile';
import { listPairs } from '../data/pairs';
import { parseExperiment } from '../experiment/read';
import { experimentText, percent } from './init/experimentText';
import { findFolders, type FoundFolders } from './init/findFolders';
import { type Proposal, propose } from './init/proposal';
import { type Survey, survey } from './init/survey';
import { type CommandIo, coloursFor } from './io';

/** Shares of the pixels from here on look like masks that mean the opposite. */
const mostlyForeground = 0.5;

/**
 * `losscape init DIR`: looks at a folder of images and masks and writes `<folder name>.losscape.json` into it, with
 * comments. The file is read back and its data checked as a training would, before it is written.
 *
 * @throws Problem for everything that leaves a doubt; an experiment file that exists is kept unless `force` is given.
 */
export async function initCommand(
  { folder, force }: { folder: string; force: boolean },
  io: CommandIo,
): Promise<number> {
  const found = await findFolders(folder);
  const name = `${basename(resolve(folder)) || 'experiment'}.losscape.json`;
  const file = join(folder, name);
  const files = await namesIn(folder);
  if (!force && files.includes(name)) {
    throw new Problem('this experiment file exists already', {
      place: { file },
      hint: '--force writes a new one over it. To train with it as it is: losscape train FILE',
    });
  }

  const list = await listPairs({
    images: resolve(folder, found.images),
    masks: resolve(folder, found.masks),
    test: found.test ? { images: resolve(folder, found.test.images), masks: resolve(folder, found.test.masks) } : 0.15,
    unpaired: 'skip',
    maskThreshold: 20,
    scale: 1,
  });
  const pairs = [...list.train, ...list.test];
  const seen = await survey(pairs);
  const proposal = propose(seen, list.train.length);
  const skipUnpaired = list.warnings.some((warning) => warning.startsWith('left out'));
  // Written beside a phantom by whoever generated it.
  const synthetic = files.includes(phantomExperimentName);
  const text = experimentText({ found, survey: seen, proposal, pairs: pairs.length, skipUnpaired, synthetic });
  const { dataset, model, input } = parseExperiment(text, file);
  const { warnings } = await inspectDataset(dataset, model, input);
  await writeFileAtomic(file, text);

  const colours = coloursFor(io.stdout.isTTY ?? false);
  const notes = [...found.notes, ...warnings, ...doubts(seen, proposal)];
  io.stdout.write(
    [
      `${colours.bold(counted(pairs.length, synthetic ? 'synthetic pair' : 'pair'))}: ${where(found)}`,
      `  images  ${imagesInWords(seen)}`,
      `  masks   ${masksInWords(seen)}`,
      `  split   ${list.train.length} to train on, ${list.test.length} to test on` +
        (found.test ? ` (${found.test.images})` : list.test.length > 0 ? ', the last by name' : ''),
      ...notes.map((note) => colours.yellow(`Note: ${note}`)),
      `${colours.green('Wrote')} ${resolve(file)}`,
      `Look it over, then: losscape train ${quoted(file)}`,
      '',
    ].join('\n'),
  );
  return 0;
}

function where({ images, masks }: FoundFolders): string {
  const inWords = (path: string): string => (path === '.' ? 'this folder' : path);
  return images === masks
    ? `images and masks (NAME_mask) in ${inWords(images)}`
    : `images in ${inWords(images)}, masks in ${inWords(masks)}`;
}

function imagesInWords({ least, most, colour, storedInColour, bits }: Survey): string {
  const size = ([height, width]: readonly [number, number]): string => `${width} × ${height}`;
  const sizes = size(least) === size(most) ? size(least) : `${size(least)} to ${size(most)}`;
  const look = colour ? 'colour' : storedInColour ? 'grey, stored as colour' : 'grey';
  return `${sizes} pixels (width × height), ${look}, ${bits} bits a channel`;
}

function masksInWords({ values, foreground, maskThreshold }: Survey): string {
  const ordered = [...foreground].sort((a, b) => a.share - b.share);
  const [fewest, most] = [ordered[0]!, ordered.at(-1)!];
  const mean = foreground.reduce((sum, { share }) => sum + share, 0) / foreground.length;
  const range =
    percent(fewest.share) === percent(most.share)
      ? ''
      : `, from ${percent(fewest.share)} (${fewest.name}) to ${percent(most.share)} (${most.name})`;
  const held =
    values.length <= 6 ? `values ${values.map(({ value }) => value).join(', ')}` : `${values.length} different values`;
  return `${held}; above ${maskThreshold} is foreground: ${percent(mean)} of the pixels${range}`;
}

/** What is worth a second look. */
function doubts({ values, greyEdges, maskThreshold }: Survey, { foreground, scale }: Proposal): string[] {
  const notes: string[] = [];
  const above = values.filter(({ value }) => value > maskThreshold);
  if (!greyEdges && above.length > 1) {
    const shares = values.map(({ value, share }) => `${value} (${percent(share)})`).join(', ');
    notes.push(
      `the masks hold more than two values: ${shares}. Everything above ${maskThreshold} is taken as foreground; raise ` +
        '"maskThreshold" where only the higher ones are meant',
    );
  }
  if (foreground > mostlyForeground) {
    notes.push(
      `${percent(foreground)} of the pixels are foreground: if that is the background, the masks mean the opposite of ` +
        'what Losscape reads; invert them',
    );
  }
  if (scale < 1) notes.push(`the images are large: "scale": ${scale} makes them smaller before anything else`);
  return notes;
}

function quoted(path: string): string {
  return /[^\w./\\:@%+,=-]/.test(path) ? `"${path}"` : path;
}
