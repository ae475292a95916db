import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileProblem, writeFileAtomic } from '../../runs/files';
import { encodeNpy } from '../../runs/npy';
import { Problem } from '../../runs/problem';
import { resolveRun } from '../../runs/scan';
import type { AcceleratorRequest } from '../accelerators/chooseRuntime';
import type { OnnxProvider } from '../compile/onnxLibrary';
import { encodePng } from '../data/png';
import { featureGrid } from '../insight/activations/featureGrid';
import { findLayer, networkLayers } from '../insight/activations/layers';
import { oneTile, readRunImage } from '../insight/oneTile';
import { readKnownRun, readNetwork, type EpochChoice } from '../surface/chooseNetworks';
import { unetParameters } from '../unet/unet';
import { type CommandIo, figure } from './io';

export interface ActivationsArguments {
  readonly run: string;
  readonly runsFolder: string;
  readonly image?: string | undefined;
  readonly split?: 'train' | 'test' | undefined;
  readonly epoch?: EpochChoice | undefined;
  /** Names of layers, or `all`; without any, the ones there are are listed. */
  readonly layers: readonly string[];
  /** Of the pictures' colours. */
  readonly scale: 'layer' | 'map';
  /** Folder to write to. */
  readonly out: string;
  readonly threads?: number | undefined;
  readonly accelerator?: AcceleratorRequest | undefined;
  readonly provider?: OnnxProvider | undefined;
  readonly json: boolean;
}

/**
 * `losscape activations RUN --image NAME --layer NAME`: what layers of a network answer to an image. Of each layer
 * `<layer>.npy`, float32 [channels, height, width] after the ReLU, and `<layer>.png`, the maps side by side.
 */
export async function activationsCommand(args: ActivationsArguments, io: CommandIo): Promise<number> {
  const run = await readKnownRun(await resolveRun(args.run, args.runsFolder));
  const { experiment, document } = run;
  const { model } = experiment;
  const layers = networkLayers(model);
  if (args.layers.length === 0) {
    throw new Problem('which layers? Name them: --layer NAME', {
      hint: `The network has ${layers.map(({ name, channels }) => `${name} (${channels})`).join(', ')}; or "all".`,
    });
  }
  if (args.image === undefined) {
    const { test, train } = document.dataset;
    throw new Problem('which image? Name one of the run: --image NAME', {
      hint: `For example ${[...test, ...train].slice(0, 3).join(', ')}.`,
    });
  }
  const names = args.layers.includes('all') ? layers.map(({ name }) => name) : [...new Set(args.layers)];
  for (const name of names) findLayer(model, name);
  const { pair } = await readRunImage(experiment, args.image, args.split);
  const { weights, checkpoint } = await readNetwork(run, args.epoch ?? 'last', unetParameters(model));
  const tile = await oneTile(experiment, pair, experiment.training.evaluate);
  if (tile.cropped) io.stderr.write('Note: the image is too large for one pass; its centre is used\n');
  const out = resolve(args.out);
  await mkdir(out, { recursive: true }).catch((error: unknown) => {
    throw fileProblem(error, out, 2);
  });

  // Loaded only now: what is wrong with the input has been said without waiting for native libraries.
  const [{ chooseRuntime }, { readActivations }] = await Promise.all([
    import('../accelerators/chooseRuntime'),
    import('../insight/activations/activations'),
  ]);
  const { runtime, reason, fallback } = await chooseRuntime(args.accelerator ?? 'auto', {
    threads: args.threads,
    provider: args.provider,
  });
  if (fallback) io.stderr.write(`Note: ${reason}\n`);
  for await (const { layer, height, width, features, region } of readActivations(
    runtime,
    model,
    weights,
    tile,
    names,
  )) {
    const grid = featureGrid(features, layer.channels, height, width, { scale: args.scale });
    const [npy, png] = [join(out, `${layer.name}.npy`), join(out, `${layer.name}.png`)];
    const shape = [layer.channels, height, width];
    await writeFileAtomic(npy, encodeNpy(shape, features));
    await writeFileAtomic(png, await encodePng(grid.pixels, grid.width, grid.height, 3));
    const said = {
      layer: layer.name,
      epoch: checkpoint.epoch,
      image: args.image,
      npy,
      png,
      shape,
      columns: grid.columns,
      range: grid.range,
      region,
    };
    const range = grid.range ? `, colours from ${figure(grid.range[0])} to ${figure(grid.range[1])}` : '';
    io.stdout.write(
      args.json
        ? `${JSON.stringify(said)}\n`
        : `${layer.name}: ${layer.channels} maps of ${height} × ${width}${range}\n  ${npy}\n  ${png}\n`,
    );
  }
  return 0;
}
