import type { RunDocument } from '../../runs/document';
import { duration } from './words';

/** Whatever has a run document. */
type Run = { readonly document: RunDocument };

/** A term and what it is in each run; one value when all runs agree. */
export interface Fact {
  readonly term: string;
  readonly values: readonly string[];
}

/** What was trained, on what and how: the same for all runs where a fact has one value. */
export function facts(runs: readonly Run[]): Fact[] {
  const rows: [term: string, value: (run: Run) => string][] = [
    ['Images', imagesInWords],
    ['Data set fingerprint', ({ document }) => document.dataset.fingerprint],
    ['Model', modelInWords],
    ['Training sample', inputInWords],
    ['Optimizer', optimizerInWords],
    ['Batch size', (run) => setting(run, 'training', 'batchSize')],
    ['Seed', ({ document }) => String(document.seed)],
    ['Evaluated on', (run) => evaluationInWords(setting(run, 'training', 'evaluate'))],
    ['Engine', engineInWords],
    ['Training time', ({ document }) => duration(document.secondsTraining)],
    [
      'Waiting for data',
      ({ document }) =>
        document.dataWaitShare === null ? '' : `${(100 * document.dataWaitShare).toFixed(1)} % of the time`,
    ],
    [
      'Versions',
      ({ document }) =>
        Object.entries(document.versions)
          .map((entry) => entry.join(' '))
          .join(', '),
    ],
  ];
  return rows
    .map(([term, value]) => ({ term, values: runs.map(value) }))
    .filter(({ values }) => values.some((value) => value !== ''))
    .map(({ term, values }) => ({ term, values: new Set(values).size === 1 ? values.slice(0, 1) : values }));
}

/** A value of the resolved experiment as text; empty where the experiment has no such key. */
export function setting(run: Run, ...path: string[]): string {
  const value = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
    run.document.experiment,
  );
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function imagesInWords(run: Run): string {
  const { train, test, synthetic } = run.document.dataset;
  const scale = setting(run, 'dataset', 'scale');
  return (
    `${train.length} train, ${test.length} test${synthetic ? ', synthetic' : ''}` +
    `${scale !== '' && scale !== '1' ? `, scaled by ${scale}` : ''}`
  );
}

function modelInWords(run: Run): string {
  const size = `${run.document.parameters.toLocaleString('en')} parameters`;
  const filters = setting(run, 'model', 'filters');
  if (filters === '') return `U-Net, ${size}`;
  return `U-Net, ${filters} filters, depth ${setting(run, 'model', 'depth')}, ${setting(run, 'model', 'padding')} padding, ${size}`;
}

function inputInWords(run: Run): string {
  const crop = setting(run, 'input', 'crop');
  if (crop === '') return '';
  const size = crop.startsWith('[') ? (JSON.parse(crop) as number[]).join(' × ') : crop;
  return `random crops of ${size} pixels${setting(run, 'input', 'flip') === 'true' ? ', random flips' : ''}`;
}

function optimizerInWords(run: Run): string {
  const type = setting(run, 'training', 'optimizer', 'type');
  if (type === '') return '';
  const name = { sgd: 'SGD', adam: 'Adam', adamw: 'AdamW' }[type] ?? type;
  const schedule = setting(run, 'training', 'schedule', 'type');
  const warmup = setting(run, 'training', 'schedule', 'warmupSteps');
  return (
    `${name}, learning rate ${setting(run, 'training', 'optimizer', 'learningRate')}` +
    `${schedule === '' ? '' : `, ${schedule}`}${warmup === '' || warmup === '0' ? '' : ` after ${warmup} warm-up steps`}`
  );
}

function evaluationInWords(mode: string): string {
  return { whole: 'whole images', center: 'the centre crop of each image' }[mode] ?? mode;
}

function engineInWords({ document: { engine, accelerator } }: Run): string {
  const threads =
    accelerator.threads > 0 ? `, ${accelerator.threads} thread${accelerator.threads === 1 ? '' : 's'}` : '';
  const reason = accelerator.reason ? ` (${accelerator.reason})` : '';
  return `${engine} on ${accelerator.name}, ${accelerator.provider}${threads}${reason}`;
}
