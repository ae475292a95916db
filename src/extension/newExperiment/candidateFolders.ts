import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Names that folders of masks go by, in small letters. */
const maskNames = ['masks', 'mask', 'labels', 'label', 'annotations', 'gt', 'ground_truth', 'groundtruth', 'targets'];
const passedOver = new Set(['node_modules', 'runs', '.git', '.venv', 'venv', 'site-packages', 'dist', 'build']);

/**
 * Folders that look as if images and masks were in them: those with a folder of masks inside, also below `train`. Looks a
 * few levels deep and no further than a few hundred folders: this is a suggestion, not a search.
 */
export async function candidateFolders(root: string, depth = 3, most = 300): Promise<string[]> {
  const found: string[] = [];
  let level = [root];
  let seen = 0;
  for (let below = 0; below <= depth && level.length > 0 && seen < most; below += 1) {
    const next: string[] = [];
    for (const folder of level) {
      if ((seen += 1) > most) break;
      const names = await foldersIn(folder);
      const lower = names.map((name) => name.toLowerCase());
      if (lower.some((name) => maskNames.includes(name))) {
        found.push(folder);
        continue;
      }
      const train = names.find((name) => ['train', 'training'].includes(name.toLowerCase()));
      if (train !== undefined) {
        const inside = await foldersIn(join(folder, train));
        if (inside.some((name) => maskNames.includes(name.toLowerCase()))) {
          found.push(folder);
          continue;
        }
      }
      next.push(...names.map((name) => join(folder, name)));
    }
    level = next;
  }
  return found;
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !passedOver.has(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch {
    // Not readable: nothing to suggest from it.
    return [];
  }
}
