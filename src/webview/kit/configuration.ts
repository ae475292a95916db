/** One setting of a run: a path into its configuration, as in `training.optimizer.learningRate`, and its value. */
export type Settings = ReadonlyMap<string, unknown>;

/** A setting that is not the same in all runs. */
export interface DifferingSetting {
  readonly path: string;
  /** In words: "learning rate". */
  readonly name: string;
  /** One per run; undefined where the run has no such setting. */
  readonly values: readonly unknown[];
}

/** What says where a run was made rather than how; never shown as a difference. */
const ignored = /^(file|name|experimentFile)$/;

/** Lists of numbers that mean something as a whole stay whole; everything else is taken apart. */
export function settingsOf(configuration: unknown): Settings {
  const settings = new Map<string, unknown>();
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      if (value.every((item) => typeof item !== 'object')) settings.set(path, value);
      else value.forEach((item, index) => walk(item, `${path}[${index}]`));
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, path === '' ? key : `${path}.${key}`);
    } else if (value !== undefined && !ignored.test(path)) {
      settings.set(path, value);
    }
  };
  walk(configuration, '');
  return settings;
}

/** The settings in which runs differ, in the order in which they stand in the configurations. */
export function differingSettings(runs: readonly Settings[]): DifferingSetting[] {
  const paths = new Set(runs.flatMap((run) => [...run.keys()]));
  return [...paths].flatMap((path) => {
    const values = runs.map((run) => run.get(path));
    if (new Set(values.map((value) => JSON.stringify(value))).size < 2) return [];
    return [{ path, name: settingName(path), values }];
  });
}

/** How many settings all runs share. */
export function sharedSettings(runs: readonly Settings[]): number {
  return new Set(runs.flatMap((run) => [...run.keys()])).size - differingSettings(runs).length;
}

const names: Readonly<Record<string, string>> = {
  'loss.type': 'loss',
  'loss.name': 'name of the loss',
  'loss.classWeights': 'class weights',
  'loss.gamma': 'γ',
  'loss.alpha': 'α',
  'dataset.fingerprint': 'data set fingerprint',
  'dataset.images': 'image folder',
  'dataset.masks': 'mask folder',
  'dataset.test': 'test split',
  'training.optimizer.type': 'optimizer',
  'training.schedule.type': 'schedule',
};

/** A path in words: the last key without the folders it stands in, "learning rate" for `training.optimizer.learningRate`. */
export function settingName(path: string): string {
  const known = names[path];
  if (known !== undefined) return known;
  const keys = path.split('.');
  const last = words(keys.at(-1)!);
  const term = /^loss\.terms\[(\d+)\]/.exec(path);
  if (term) return `term ${Number(term[1]) + 1}: ${last}`;
  return keys[0] === 'loss' || keys[0] === 'training' || keys[0] === 'input' || keys.length === 1
    ? last
    : `${keys.length > 2 ? `${words(keys.at(-2)!)} ` : ''}${last}`;
}

/** A value as a table shows it. */
export function settingText(value: unknown): string {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(settingText).join(' : ');
  return JSON.stringify(value);
}

/** A setting that can stand on an axis. */
export interface Parameter {
  readonly path: string;
  readonly name: string;
  /** One per run; null where the run has no such number. */
  readonly values: readonly (number | null)[];
}

/**
 * The numbers in which runs differ, those of the loss first. Class weights become one number, foreground over background, and
 * are 1 for a loss that could have them and does not.
 */
export function parameters(runs: readonly Settings[]): Parameter[] {
  const differing = differingSettings(runs);
  const plain = differing.flatMap(({ path, name, values }) => {
    const numbers = values.map((value) => (typeof value === 'number' ? value : null));
    return distinct(numbers) < 2 ? [] : [{ path, name, values: numbers }];
  });
  const ratios = runs.map((settings) => {
    const weights = settings.get('loss.classWeights');
    if (Array.isArray(weights)) return Number(weights[1]) / Number(weights[0]);
    const type = settings.get('loss.type');
    return type === 'crossEntropy' || type === 'focal' ? 1 : null;
  });
  const weight = { path: 'loss.classWeights', name: 'foreground weight (background = 1)', values: ratios };
  const all = distinct(ratios) < 2 ? plain : [weight, ...plain];
  return [...all].sort((a, b) => Number(b.path.startsWith('loss')) - Number(a.path.startsWith('loss')));
}

function distinct(values: readonly (number | null)[]): number {
  return new Set(values.filter((value) => value !== null)).size;
}

function words(key: string): string {
  return key.replace(/\[\d+\]/g, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
