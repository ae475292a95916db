/** A setting that differs between two experiments; `undefined` where one of them lacks it. */
export interface Difference {
  /** Where it stands, as in `training.optimizer.learningRate` or `losses[1].gamma`. */
  path: string;
  before: unknown;
  after: unknown;
}

/**
 * What differs between two resolved experiments (or any two JSON values), setting by setting: the reason why a run cannot
 * be resumed under a changed experiment. The file's own path is not compared, so that a project may be moved or renamed.
 */
export function experimentDifferences(before: unknown, after: unknown): Difference[] {
  const differences: Difference[] = [];
  compare(before, after, '', differences);
  return differences.filter(({ path }) => path !== 'file');
}

function compare(before: unknown, after: unknown, path: string, into: Difference[]): void {
  if (Object.is(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
      compare(before[index], after[index], `${path}[${index}]`, into);
    }
  } else if (isRecord(before) && isRecord(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(before[key], after[key], path === '' ? key : `${path}.${key}`, into);
    }
  } else {
    into.push({ path, before, after });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
