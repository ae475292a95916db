import { type Settings, differingSettings, settingText } from './configuration';

/** What a run's name is made of. */
export interface Nameable {
  readonly id: string;
  /** Name that the user gave it. */
  readonly title: string | null;
  /** The loss in words. */
  readonly loss: string;
  readonly experiment: string;
  /** ISO 8601. */
  readonly started: string | null;
  readonly settings: Settings;
}

/** The most settings in one name. */
const mostSettings = 3;

/**
 * Short names that tell runs apart, by what differs between them: the loss in words where losses differ, then the settings
 * that differ among runs of the same loss, then the experiment, then the time. What all runs share is left out, except when
 * it is all there is. A title that the user gave goes before everything.
 */
export function runNames(runs: readonly Nameable[]): string[] {
  const sameLoss = runs.length > 1 && new Set(runs.map((run) => run.loss)).size === 1;
  const names = runs.map((run) => {
    const rivals = runs.filter((other) => other.loss === run.loss);
    const parts = [...(sameLoss ? [] : [run.loss]), ...differences(run, rivals)];
    return run.title ?? (parts.length === 0 ? run.loss : parts.join(' · '));
  });
  return numbered(
    runs,
    apart(
      apart(names, (index) => runs[index]!.experiment),
      (index) => startTime(runs, index),
    ),
  );
}

/** What all runs of a selection have in common, for the heading above their names: their loss, or nothing. */
export function commonLoss(runs: readonly Pick<Nameable, 'loss'>[]): string | null {
  return runs.length > 0 && new Set(runs.map((run) => run.loss)).size === 1 ? runs[0]!.loss : null;
}

/** In words, the settings of a run that its rivals have otherwise; those of the loss are in its words already. */
function differences(run: Nameable, rivals: readonly Nameable[]): string[] {
  const differing = differingSettings(rivals.map((rival) => rival.settings)).filter(
    ({ path }) => !path.startsWith('loss.') && !/^dataset\.(fingerprint|images|masks)/.test(path),
  );
  const texts = differing.map(({ path, name }) => `${name} ${settingText(run.settings.get(path))}`);
  return texts.length > mostSettings ? [...texts.slice(0, mostSettings - 1), '…'] : texts;
}

/** Adds something to the names that occur more than once, where that tells some of them apart. */
function apart(names: readonly string[], more: (index: number) => string): string[] {
  return names.map((name, index) => {
    const same = names.flatMap((other, at) => (other === name ? [at] : []));
    if (same.length < 2 || new Set(same.map(more)).size < 2) return name;
    return `${name} · ${more(index)}`;
  });
}

/** When a run began, as briefly as tells it from the others: the time, with the day where days differ. */
function startTime(runs: readonly Nameable[], index: number): string {
  const started = runs[index]!.started;
  if (started === null) return runs[index]!.id.slice(-4);
  const date = new Date(started);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = (other: Date): string => `${other.getFullYear()}-${two(other.getMonth() + 1)}-${two(other.getDate())}`;
  const days = new Set(runs.map((run) => (run.started === null ? '' : day(new Date(run.started)))));
  return `${days.size > 1 ? `${day(date)} ` : ''}${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The letters at the end of the folder's name where nothing else helps. */
function numbered(runs: readonly Nameable[], names: readonly string[]): string[] {
  return apart(names, (index) => runs[index]!.id.slice(-4));
}
