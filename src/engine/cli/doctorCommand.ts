import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import {
  type AcceleratorName,
  acceleratorNames,
  chooseRuntime,
  type LoadRuntime,
  loadRuntime,
} from '../accelerators/chooseRuntime';
import { defaultThreads } from '../accelerators/threads';
import { loadOnnxRuntime, targetOf } from '../compile/onnxRuntime';
import { type Colours, type CommandIo, coloursFor } from './io';
import { textTable } from './textTable';
import { losscapeVersion } from './versions';

/** What could not be looked at, and why. */
interface Unavailable {
  readonly available: false;
  readonly reason: string;
}

type Maybe<T> = ({ readonly available: true } & T) | Unavailable;

export interface Diagnosis {
  readonly losscape: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: { readonly model: string; readonly cores: number; readonly usable: number };
  /** Bytes. */
  readonly memory: { readonly total: number; readonly free: number };
  readonly onnxRuntime: Maybe<{
    readonly version: string;
    /** Those that are not bundled need libraries of the system. */
    readonly providers: readonly { readonly name: string; readonly bundled: boolean }[];
    /** Channels that a blocked convolution takes at a time: 16 with AVX-512, 8 with AVX2 or NEON, 0 for none. */
    readonly block: number;
  }>;
  readonly images: Maybe<{ readonly sharp: string; readonly libvips: string; readonly formats: readonly string[] }>;
  readonly accelerators: readonly ({ readonly name: AcceleratorName } & Maybe<{
    readonly provider: string;
    readonly threads: number;
    readonly versions: Readonly<Record<string, string>>;
    readonly shortcoming?: string | undefined;
  }>)[];
  /** That training would use by default. */
  readonly threads: number;
  readonly chosen: Maybe<{
    readonly name: string;
    readonly provider: string;
    readonly threads: number;
    readonly reason: string;
    readonly fallback: boolean;
  }>;
}

/** What the doctor asks sharp. */
interface Sharp {
  readonly versions: { readonly sharp?: string; readonly vips: string };
  readonly format: object;
}

/** What the doctor looks at; tests take parts away. */
export interface Parts {
  readonly load: LoadRuntime;
  readonly onnxRuntime: typeof loadOnnxRuntime;
  readonly images: () => Promise<{ readonly sharp: Sharp }>;
}

const realParts: Parts = {
  load: loadRuntime,
  onnxRuntime: loadOnnxRuntime,
  // Loaded only when it is looked at, so that the doctor can say why it does not load.
  images: () => import('../data/libvips'),
};

/**
 * `losscape doctor`: what runs here, and why what would be used was chosen. Whatever does not load is part of the answer.
 *
 * @returns 0, or 1 when this machine cannot train: nothing computes, or images cannot be read.
 */
export async function doctorCommand(
  { json = false }: { json?: boolean },
  io: CommandIo,
  parts: Parts = realParts,
): Promise<number> {
  const diagnosis = await diagnose(parts);
  const text = json
    ? JSON.stringify(diagnosis, null, 2)
    : inWords(diagnosis, coloursFor(io.stdout.isTTY ?? false)).join('\n');
  io.stdout.write(`${text}\n`);
  return diagnosis.chosen.available && diagnosis.images.available ? 0 : 1;
}

async function diagnose({ load, onnxRuntime, images }: Parts): Promise<Diagnosis> {
  const processors = cpus();
  const threads = defaultThreads();
  const onnx = await attempt(async () => {
    const ort = onnxRuntime();
    return {
      version: ort.env.versions.node ?? ort.env.versions.common,
      providers: ort.listSupportedBackends(),
      block: (await targetOf('cpu')).block,
    };
  });

  // Each is loaded once; the choice is made among the same answers.
  const loaded = new Map<AcceleratorName, ReturnType<LoadRuntime>>();
  const remembered: LoadRuntime = (name, options) => {
    const result = loaded.get(name) ?? load(name, options);
    loaded.set(name, result);
    return result;
  };
  const accelerators: Diagnosis['accelerators'][number][] = [];
  for (const name of acceleratorNames) {
    const state = await attempt(async () => {
      const { runtime, shortcoming } = await remembered(name, { threads, provider: 'cpu' });
      return { provider: runtime.provider, threads: runtime.threads, versions: runtime.versions, shortcoming };
    });
    accelerators.push({ name, ...state });
  }
  return {
    losscape: losscapeVersion,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    processor: {
      model: processors[0]?.model.trim() ?? 'unknown',
      cores: processors.length,
      usable: availableParallelism(),
    },
    memory: { total: totalmem(), free: freemem() },
    onnxRuntime: onnx,
    images: await attempt(async () => {
      const { sharp } = await images();
      const formats = Object.entries(sharp.format as Record<string, { input: { file: boolean } }>).filter(
        ([, { input }]) => input.file,
      );
      return {
        sharp: sharp.versions.sharp ?? 'of unknown version',
        libvips: sharp.versions.vips,
        formats: formats.map(([name]) => name),
      };
    }),
    accelerators,
    threads,
    chosen: await attempt(async () => {
      const { runtime, reason, fallback } = await chooseRuntime('auto', { threads }, remembered);
      return { name: runtime.name, provider: runtime.provider, threads: runtime.threads, reason, fallback };
    }),
  };
}

/** What `look` finds, or why it finds nothing: of a broken library any error is an answer, not a failure of the doctor. */
async function attempt<T extends object>(look: () => Promise<T>): Promise<Maybe<T>> {
  try {
    return { available: true, ...(await look()) };
  } catch (error) {
    const { message } = error as Error;
    return { available: false, reason: message.trim().split('\n', 1)[0]! };
  }
}

const inGib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

function inWords(diagnosis: Diagnosis, colours: Colours): string[] {
  const { processor, memory, onnxRuntime, images, accelerators, chosen } = diagnosis;
  const bad = (reason: string): string => colours.red(reason);
  const facts: [string, string][] = [
    ['Losscape', diagnosis.losscape],
    ['Node', `${diagnosis.node} on ${diagnosis.platform}`],
    ['Processor', `${processor.model}, ${counted(processor.usable, 'core')}${ofAll(processor)}`],
    ['Vectors', onnxRuntime.available ? vectors(onnxRuntime.block) : 'unknown, ONNX Runtime measures them'],
    ['Memory', `${inGib(memory.total)}, ${inGib(memory.free)} free`],
    ['ONNX Runtime', onnxRuntime.available ? providers(onnxRuntime) : bad(onnxRuntime.reason)],
    [
      'Images',
      images.available
        ? `sharp ${images.sharp}, libvips ${images.libvips}: ${images.formats.join(', ')}`
        : bad(images.reason),
    ],
    ['Threads', `${diagnosis.threads} (--threads)`],
  ];
  const table = textTable(
    [{ title: 'accelerator' }, { title: 'here' }, { title: '' }],
    accelerators.map((accelerator) => {
      if (!accelerator.available) return [accelerator.name, colours.yellow('no'), accelerator.reason];
      const { provider, threads, versions, shortcoming } = accelerator;
      const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
      const words = [`${provider}, ${counted(threads, 'thread')}`, software.join(', '), shortcoming];
      return [accelerator.name, colours.green('yes'), words.filter((part) => part).join('; ')];
    }),
    colours.dim,
  );
  return [
    ...facts.map(([term, value]) => `${colours.dim(term.padEnd(14))}${value}`),
    '',
    ...table,
    '',
    chosen.available
      ? `Training uses ${colours.bold(chosen.name)} (${chosen.provider}, ${counted(chosen.threads, 'thread')}): ${chosen.reason}.`
      : bad(chosen.reason),
  ];
}

/** Where the process may not use every core. */
function ofAll({ cores, usable }: Diagnosis['processor']): string {
  return usable < cores ? ` of ${cores}` : '';
}

function vectors(block: number): string {
  if (block === 0) return 'no blocked convolutions: convolutions are slower here';
  const known: Record<string, string> = { 'x64-16': 'AVX-512', 'x64-8': 'AVX2', 'arm64-8': 'NEON' };
  const instructions = known[`${process.arch}-${block}`];
  return `convolutions take ${block} channels at a time${instructions === undefined ? '' : ` (${instructions})`}`;
}

function providers({ version, providers }: Extract<Diagnosis['onnxRuntime'], { available: true }>): string {
  const names = providers.map(({ name, bundled }) => (bundled ? name : `${name} (needs its libraries installed)`));
  return `${version}: ${names.join(', ')}`;
}
