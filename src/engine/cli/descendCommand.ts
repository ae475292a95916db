import { dirname } from 'node:path';
import { resolveDescent, readDescent } from '../../runs/descentDocument';
import { Problem } from '../../runs/problem';
import { resolveRun } from '../../runs/scan';
import type { AcceleratorName, AcceleratorRequest } from '../accelerators/chooseRuntime';
import type { OnnxProvider } from '../compile/onnxLibrary';
import { newDescent, resumedDescent, type DescentSettings, type PreparedDescent } from '../insight/descent/prepare';
import { readKnownRun } from '../surface/chooseNetworks';
import { createDescentConsole } from './descentProgress';
import type { CommandIo } from './io';
import { stopOnSignal } from './stopOnSignal';
import { versions } from './versions';

export interface DescendArguments {
  /** The run whose network it begins with; left out with `resume`. */
  readonly run?: string | undefined;
  readonly runsFolder: string;
  readonly settings: DescentSettings;
  /** Folder that the descent's folder is made in; that of the run when left out. */
  readonly out?: string | undefined;
  /** A descent to go on with. */
  readonly resume?: string | undefined;
  readonly threads?: number | undefined;
  readonly accelerator?: AcceleratorRequest | undefined;
  readonly provider?: OnnxProvider | undefined;
  readonly json: boolean;
}

/**
 * `losscape descend RUN --image NAME`: from a checkpoint, descends on one image under several losses. Ends with 0, or 130
 * when it was stopped by a signal or a stop file.
 */
export async function descendCommand(args: DescendArguments, io: CommandIo): Promise<number> {
  const { prepared, runsFolder } = await whatToDescend(args);
  const output = createDescentConsole({ json: args.json, stream: io.stdout });
  const stop = stopOnSignal(io, 'Stopping after this step; the state is saved. Once more to end at once.');
  try {
    // Loaded only now: what is wrong with the input has been said without waiting for native libraries.
    const [{ chooseRuntime }, { descend }] = await Promise.all([
      import('../accelerators/chooseRuntime'),
      import('../insight/descent/descend'),
    ]);
    const before = await acceleratorBefore(prepared, args);
    const { runtime, reason, fallback } = await chooseRuntime(args.accelerator ?? before?.name ?? 'auto', {
      threads: args.threads ?? before?.threads,
      provider: args.provider ?? before?.provider,
    });
    if (fallback) io.stderr.write(`Note: ${reason}\n`);
    const status = await descend({
      prepared,
      runsFolder,
      runtime,
      reason,
      versions: versions(),
      signal: stop.signal,
      emit: (event) => output.event(event),
    });
    return status === 'stopped' ? 130 : 0;
  } finally {
    output.close();
    stop.release();
  }
}

async function whatToDescend(args: DescendArguments): Promise<{ prepared: PreparedDescent; runsFolder: string }> {
  const { run, resume, out, settings, runsFolder } = args;
  if (resume !== undefined) {
    if (run !== undefined || out !== undefined) {
      throw new Problem(`--resume goes on where it was: leave out ${run === undefined ? '--out' : 'the run'}`);
    }
    const folder = await resolveDescent(resume, runsFolder);
    return { prepared: await resumedDescent(folder, settings), runsFolder: dirname(folder) };
  }
  if (run === undefined) {
    throw new Problem('from the network of which run? Name it: losscape descend RUN --image NAME', {
      hint: '"losscape runs" lists them. To go on with a descent: losscape descend --resume DESCENT.',
    });
  }
  const folder = await resolveRun(run, runsFolder);
  return { prepared: await newDescent(await readKnownRun(folder), settings), runsFolder: out ?? dirname(folder) };
}

/** A descent goes on with what it began with, so that its steps agree to the last bit, unless something else is asked for. */
async function acceleratorBefore(
  { existing }: PreparedDescent,
  { accelerator }: DescendArguments,
): Promise<{ name: AcceleratorName; threads: number; provider: OnnxProvider | undefined } | undefined> {
  if (existing === undefined || accelerator !== undefined) return undefined;
  const entry = await readDescent(existing);
  if (!entry.ok) return undefined;
  const { name, threads, provider } = entry.document.accelerator;
  return {
    name: name as AcceleratorName,
    threads,
    provider: name === 'onnx' ? (provider as OnnxProvider) : undefined,
  };
}
