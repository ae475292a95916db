import { Problem } from '../../runs/problem';
import { concurrently } from './concurrently';

/**
 * Does `work` for every item, four at a time, to the end: the Problems of all items are thrown as one, so that a folder
 * with three damaged files needs one look, not three. Any other error is thrown at once.
 * @param onProgress called after each item.
 */
export async function collect<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  onProgress?: (done: number, total: number) => void,
): Promise<R[]> {
  const problems: (Problem | undefined)[] = [];
  let done = 0;
  const results = await concurrently(items, 4, async (item, index) => {
    const result = await work(item, index).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      problems[index] = error;
      return undefined;
    });
    onProgress?.(++done, items.length);
    return result;
  });
  // In the items' order, with holes where nothing was wrong.
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw joined(found);
  return results as R[];
}

/** Several Problems as one: at most 10 are told, each with its file. */
function joined(problems: readonly Problem[]): Problem {
  const first = problems[0]!;
  if (problems.length === 1) return first;
  const lines = problems.slice(0, 10).map(({ place, message }) => `  ${place ? `${place.file}: ` : ''}${message}`);
  if (problems.length > 10) lines.push(`  and ${problems.length - 10} more`);
  const hints = [...new Set(problems.map(({ hint }) => hint).filter((hint) => hint !== undefined))];
  return new Problem(`${problems.length} files of the data set cannot be used:\n${lines.join('\n')}`, {
    hint: hints.slice(0, 3).join('\n  '),
    cause: first,
  });
}
