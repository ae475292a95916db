import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * The folder of real image/mask pairs (60 photographs of the optic disc) that some tests are run on as well: the one that
 * the environment variable LOSSCAPE_OPTIC_DISC names, or `data/optic-disc` in a folder beside the checkout. Null, with a
 * line that says so, where there is none: they are no part of the repository.
 */
export function realPairs(): string | null {
  const named = process.env.LOSSCAPE_OPTIC_DISC;
  if (named !== undefined && named !== '') {
    if (!holdsPairs(named)) throw new Error(`LOSSCAPE_OPTIC_DISC: there are no images and masks in ${resolve(named)}`);
    return resolve(named);
  }
  const checkout = resolve(import.meta.dirname, '..');
  for (const name of readdirSync(dirname(checkout)).sort()) {
    const folder = join(dirname(checkout), name, 'data', 'optic-disc');
    if (holdsPairs(folder)) return folder;
  }
  console.log(
    'Skipped: the real pairs are not here; LOSSCAPE_OPTIC_DISC can name their folder, with images and masks in it',
  );
  return null;
}

function holdsPairs(folder: string): boolean {
  return existsSync(join(folder, 'images')) && existsSync(join(folder, 'masks'));
}
