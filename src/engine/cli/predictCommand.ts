import { existsSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, parse, resolve } from 'node:path';
import { fileProblem, writeFileAtomic } from '../../runs/files';
import { encodeNpy } from '../../runs/npy';
import { Problem } from '../../runs/problem';
import { resolveRun } from '../../runs/scan';
import { chooseRuntime, type AcceleratorRequest } from '../accelerators/chooseRuntime';
import type { OnnxProvider } from '../compile/onnxLibrary';
import { decodeImage } from '../data/decode';
import { readImageFolder } from '../data/folder';
import { listed } from '../data/listing';
import { encodePng, encodePng16 } from '../data/png';
import { evaluationTiles } from '../data/tiles';
import { InspectorContext } from '../insight/inspector/context';
import { foregroundProbability, prediction } from '../insight/maps';
import type { EpochReference } from '../insight/protocol';
import { resample } from '../insight/resample';
import type { CommandIo } from './io';

export interface PredictArguments {
  readonly run: string;
  readonly runsFolder: string;
  /** Image files, or folders of them. */
  readonly images: readonly string[];
  readonly epoch: EpochReference;
  readonly out: string;
  /** Bits of the probability maps' PNG. */
  readonly bits: 8 | 16;
  /** Whether files that are there already are written anew. */
  readonly force: boolean;
  readonly threads?: number | undefined;
  readonly accelerator?: AcceleratorRequest | undefined;
  readonly provider?: OnnxProvider | undefined;
  readonly json: boolean;
}

interface Job {
  readonly image: string;
  readonly files: { readonly mask: string; readonly probability: string; readonly values: string };
}

/**
 * `losscape predict RUN IMAGES…`: for every image `NAME.mask.png` (0 and 255), `NAME.probability.png` (grey: P(foreground)
 * from 0 to full scale) and `NAME.probability.npy` (float32 [height, width]), of the image's own size. Large images pass
 * through the network in overlapping tiles, of which only the part is kept that their edges cannot influence. An image that
 * cannot be read is told of, and the others are predicted all the same; the exit code is then that of its problem.
 */
export async function predictCommand(args: PredictArguments, io: CommandIo): Promise<number> {
  const context = new InspectorContext(async () => (await chooseRuntime(args.accelerator ?? 'auto', args)).runtime);
  const run = await context.run(await resolveRun(args.run, args.runsFolder));
  const jobs = jobsOf(await imageFiles(args.images), resolve(args.out));
  if (!args.force) refuseOverwriting(jobs);
  const checkpoint = await context.checkpoints.read(run, args.epoch);
  if (checkpoint.note !== null) io.stderr.write(`${checkpoint.note}\n`);
  await mkdir(resolve(args.out), { recursive: true }).catch((error: unknown) => {
    throw fileProblem(error, args.out, 2);
  });
  const { model, dataset } = run.experiment;
  const problems: Problem[] = [];
  try {
    for (const { image, files } of jobs) {
      const decoded = await decodeImage(image, dataset.scale, model.channels).catch((error: unknown) => {
        const problem = problemOf(error, image);
        io.stderr.write(`error ${problem.describe()}\n`);
        problems.push(problem);
        return null;
      });
      if (decoded === null) continue;
      const { height, width } = decoded;
      const plan = evaluationTiles(height, width, model, 'whole', [1, 1]);
      const [fullHeight, fullWidth] = decoded.full;
      try {
        const answer = await context.networks.margin(model, checkpoint, decoded, plan);
        const margin = resample(answer, height, width, fullHeight, fullWidth);
        await writePrediction(files, margin, fullHeight, fullWidth, args.bits);
      } catch (error) {
        throw problemOf(error, image);
      }
      const line = {
        image,
        epoch: checkpoint.epoch,
        height: fullHeight,
        width: fullWidth,
        tiles: plan.tiles.length,
        files,
      };
      io.stdout.write(args.json ? `${JSON.stringify(line)}\n` : `${files.mask}\n`);
    }
  } finally {
    await context.dispose();
  }
  return problems[0]?.exitCode ?? 0;
}

/** What the user can do something about; anything else is a defect, and thrown. */
function problemOf(error: unknown, image: string): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof RangeError) || !/allocation|array length/i.test(error.message)) throw error;
  return new Problem('there is not enough memory for this image', {
    place: { file: image },
    hint: 'Cut or shrink it.',
    exitCode: 1,
    cause: error,
  });
}

async function writePrediction(
  files: Job['files'],
  margin: Float32Array,
  height: number,
  width: number,
  bits: 8 | 16,
): Promise<void> {
  const map = { height, width, margin, labels: null };
  const probability = foregroundProbability(map);
  const grey =
    bits === 16
      ? await encodePng16(
          Uint16Array.from(probability, (p) => Math.round(65535 * p)),
          width,
          height,
        )
      : await encodePng(
          Uint8Array.from(probability, (p) => Math.round(255 * p)),
          width,
          height,
          1,
        );
  const mask = prediction(map).map((one) => 255 * one);
  await writeFileAtomic(files.mask, await encodePng(mask, width, height, 1));
  await writeFileAtomic(files.probability, grey);
  await writeFileAtomic(files.values, encodeNpy([height, width], probability));
}

/** The files themselves, and the pictures directly inside the folders. */
async function imageFiles(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths.map((one) => resolve(one))) {
    if (!existsSync(path)) throw new Problem('there is no such file or folder', { place: { file: path } });
    if (!statSync(path).isDirectory()) {
      found.push(path);
      continue;
    }
    const { images } = await readImageFolder(path, 'images');
    if (images.length === 0) throw new Problem('there is no image in this folder', { place: { file: path } });
    found.push(...images.map((image) => image.path));
  }
  return [...new Set(found)];
}

function jobsOf(images: readonly string[], out: string): Job[] {
  const byName = new Map<string, string>();
  return images.map((image) => {
    const { name } = parse(image);
    const other = byName.get(name);
    if (other !== undefined) {
      throw new Problem(`two images are called "${name}", and so would their predictions: ${other} and ${image}`, {
        hint: 'Predict them into folders of their own.',
      });
    }
    byName.set(name, image);
    const file = (ending: string) => join(out, `${name}.${ending}`);
    return {
      image,
      files: { mask: file('mask.png'), probability: file('probability.png'), values: file('probability.npy') },
    };
  });
}

function refuseOverwriting(jobs: readonly Job[]): void {
  const existing = jobs.flatMap(({ files }) => Object.values(files)).filter((file) => existsSync(file));
  if (existing.length === 0) return;
  throw new Problem(`these files are there already: ${listed(existing, 3)}`, {
    hint: 'Choose another --out, or write them anew with --force.',
  });
}
