import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Where the editor that serves a browser is kept: git-ignored, made once. */
export const cache = join(root, '.cache/editor');
