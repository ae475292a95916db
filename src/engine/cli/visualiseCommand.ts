import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileProblem, writeFileAtomic } from '../../runs/files';
import { resolveRun } from '../../runs/scan';
import type { AcceleratorRequest } from '../accelerators/chooseRuntime';
import type { OnnxProvider } from '../compile/onnxLibrary';
import { encodePng } from '../data/png';
import { findLayer } from '../insight/activations/layers';
import { visualiseDefaults } from '../insight/protocol/methods/visualise';
import type { VisualiseOptions } from '../insight/visualisation/visualise';
import { readKnownRun, readNetwork, type EpochChoice } from '../surface/chooseNetworks';
import { unetParameters } from '../unet/unet';
import { type CommandIo, figure } from './io';
import { stopOnSignal } from './stopOnSignal';

export interface VisualiseArguments {
  readonly run: string;
  readonly runsFolder: string;
  readonly epoch?: EpochChoice | undefined;
  readonly settings: VisualiseOptions;
  /** The PNG to write. */
  readonly out: string;
  readonly threads?: number | undefined;
  readonly accelerator?: AcceleratorRequest | undefined;
  readonly provider?: OnnxProvider | undefined;
  readonly json: boolean;
}

/**
 * `losscape visualise RUN --layer NAME --channel N --out FILE`: a picture that makes one feature map large. Ends with 0, or
 * 130 when it was stopped; then nothing is written.
 */
export async function visualiseCommand(args: VisualiseArguments, io: CommandIo): Promise<number> {
  const run = await readKnownRun(await resolveRun(args.run, args.runsFolder));
  const { model } = run.experiment;
  const { settings } = args;
  findLayer(model, settings.layer);
  const { weights, checkpoint } = await readNetwork(run, args.epoch ?? 'last', unetParameters(model));
  const out = resolve(args.out);
  await mkdir(dirname(out), { recursive: true }).catch((error: unknown) => {
    throw fileProblem(error, dirname(out), 2);
  });

  // Loaded only now: what is wrong with the input has been said without waiting for native libraries.
  const [{ chooseRuntime }, { visualise }] = await Promise.all([
    import('../accelerators/chooseRuntime'),
    import('../insight/visualisation/visualise'),
  ]);
  const { runtime, reason, fallback } = await chooseRuntime(args.accelerator ?? 'auto', {
    threads: args.threads,
    provider: args.provider,
  });
  if (fallback) io.stderr.write(`Note: ${reason}\n`);
  const steps = settings.steps ?? visualiseDefaults.steps;
  const shown = io.stderr.isTTY ?? false;
  const stop = stopOnSignal(io, 'Stopping after this step; nothing is written. Once more to end at once.');
  try {
    const { height, width, picture, activation, withoutSlope } = await visualise(runtime, model, weights, settings, {
      signal: stop.signal,
      onStep: (step, value) => {
        if (shown) io.stderr.write(`\r\u001b[2Kstep ${step}/${steps}  activation ${figure(value)}`);
      },
    });
    if (shown) io.stderr.write('\r\u001b[2K');
    await writeFileAtomic(out, await encodePng(picture, width, height, 3));
    const silent = withoutSlope > 0;
    if (args.json) {
      const { layer, channel } = settings;
      const said = { file: out, layer, channel, epoch: checkpoint.epoch, height, width, activation, withoutSlope };
      io.stdout.write(`${JSON.stringify(said)}\n`);
      return 0;
    }
    io.stdout.write(
      `${out}\n  map ${settings.channel} of ${settings.layer}, epoch ${checkpoint.epoch}: mean ` +
        `${figure(activation[0])} -> ${figure(activation.at(-1))} in ${steps} steps\n`,
    );
    if (silent) {
      io.stderr.write(
        `Note: in ${withoutSlope} of ${steps} steps the filter was silent all over, and nothing could be done; ` +
          'try --relu before\n',
      );
    }
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    throw error;
  } finally {
    stop.release();
  }
}
