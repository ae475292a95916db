import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileProblem, writeFileAtomic } from '../../runs/files';
import { encodeNpy } from '../../runs/npy';
import { Problem } from '../../runs/problem';
import { resolveRun } from '../../runs/scan';
import { chooseRuntime, type AcceleratorRequest } from '../accelerators/chooseRuntime';
import type { OnnxProvider } from '../compile/onnxLibrary';
import { encodePngRgba } from '../data/png';
import type { LossSpec } from '../experiment/schema';
import { chooseDescentLosses } from '../insight/descent/losses';
import { InspectorContext } from '../insight/inspector/context';
import type { InspectedRun } from '../insight/inspector/runs';
import { answerImage, imageReference, namedMap, type AnsweredImage, type NamedMap } from '../insight/mapRequest';
import { paint, quantities, type ColourMapName, type QuantityName } from '../insight/maps';
import type { EpochReference } from '../insight/protocol';
import type { CommandIo } from './io';

export interface MapsArguments {
  readonly run: string;
  readonly runsFolder: string;
  readonly epochs: readonly EpochReference[];
  /** Names of the run's images, or files. */
  readonly images: readonly string[];
  /** Target of an image that is a file. */
  readonly mask?: string | undefined;
  readonly quantities: readonly QuantityName[];
  /** Names of losses of the experiment, or losses as JSON; the run's own when empty. */
  readonly losses: readonly string[];
  readonly range?: readonly [number, number] | undefined;
  readonly colours?: ColourMapName | undefined;
  readonly outcomes?: 'safe' | 'study' | undefined;
  readonly out: string;
  readonly threads?: number | undefined;
  readonly accelerator?: AcceleratorRequest | undefined;
  readonly provider?: OnnxProvider | undefined;
  readonly json: boolean;
}

/**
 * `losscape maps RUN`: maps of images as pictures with a colour bar (`….png`), as pictures of one pixel per pixel
 * (`….map.png`) and as numbers (`….npy`: float32 [height, width]).
 */
export async function mapsCommand(args: MapsArguments, io: CommandIo): Promise<number> {
  const { quantities: names, images, out, json } = args;
  if (images.length > 1 && args.mask !== undefined) {
    throw new Problem('--mask is the target of one image', { hint: 'Ask for one --image at a time.' });
  }
  const context = new InspectorContext(async () => (await chooseRuntime(args.accelerator ?? 'auto', args)).runtime);
  const run = await context.run(await resolveRun(args.run, args.runsFolder));
  const losses = await lossesOf(run, args.losses);
  const references = images.map((image) => imageReference(run, image, args.mask));
  const folder = resolve(out);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw fileProblem(error, folder, 2);
  });
  try {
    for (const epoch of args.epochs) {
      for (const reference of references) {
        const answer = await answerImage(context, run, epoch, reference);
        if (answer.note !== null) io.stderr.write(`${answer.note}\n`);
        for (const name of names) {
          for (const loss of quantities[name].needsLoss ? losses : [undefined]) {
            const map = namedMap(answer, name, loss, args.range);
            const files = await writeMap(run, answer, map, folder, args);
            const { range, title } = map;
            const { height, width } = answer.map;
            const line = {
              image: answer.name,
              epoch: answer.epoch,
              quantity: name,
              title,
              range,
              height,
              width,
              files,
            };
            io.stdout.write(json ? `${JSON.stringify(line)}\n` : `${files.figure}\n`);
          }
        }
      }
    }
  } finally {
    await context.dispose();
  }
  return 0;
}

function lossesOf(run: InspectedRun, asked: readonly string[]): Promise<LossSpec[]> {
  return chooseDescentLosses(run, asked.length === 0 ? [run.document.loss.name] : asked);
}

async function writeMap(
  { document }: InspectedRun,
  { map: { height, width }, name: image, epoch }: AnsweredImage,
  map: NamedMap,
  folder: string,
  { colours, outcomes }: MapsArguments,
): Promise<{ figure: string; map: string; values: string }> {
  // Loaded only here: figures load a library of charts.
  const { mapFigure } = await import('../report/mapFigure');
  const { figurePng } = await import('../report/png');
  const base = join(folder, `${image}-epoch-${String(epoch).padStart(4, '0')}-${map.slug}`);
  const files = { figure: `${base}.png`, map: `${base}.map.png`, values: `${base}.npy` };
  const look = {
    ...(colours === undefined ? {} : { colours }),
    ...(outcomes === undefined ? {} : { outcomes }),
    ...(map.range === null ? {} : { range: map.range }),
  };
  const svg = await mapFigure({
    name: map.name,
    values: map.values,
    width,
    height,
    title: map.title,
    subtitle: `${image}, epoch ${epoch} of ${document.id} (${document.loss.label})`,
    paint: look,
  });
  const values = map.values instanceof Float32Array ? map.values : Float32Array.from(map.values);
  await writeFileAtomic(files.figure, await figurePng(svg));
  await writeFileAtomic(files.map, await encodePngRgba(paint(map.name, map.values, look), width, height));
  await writeFileAtomic(files.values, encodeNpy([height, width], values));
  return files;
}
