import { readdir } from 'node:fs/promises';
import { join, parse } from 'node:path';

/** An image and its mask, as files. */
export interface PairFiles {
  readonly name: string;
  readonly image: string;
  readonly mask: string;
}

const extensions = new Set(['.png', '.jpg', '.jpeg', '.tif', '.tiff', '.webp']);

/**
 * The pairs of an image and a mask folder, for looking at: paired by file stem, or by stem and `_mask`, as the engine
 * does. What is not paired is left out here; the engine says so.
 */
export async function listPairFiles(images: string, masks: string): Promise<PairFiles[]> {
  const [imageFiles, maskFiles] = await Promise.all([picturesIn(images), picturesIn(masks)]);
  const pairs: PairFiles[] = [];
  for (const [stem, file] of imageFiles) {
    if (images === masks && stem.endsWith('_mask')) continue;
    const plain = images === masks ? undefined : maskFiles.get(stem);
    const mask = plain ?? maskFiles.get(`${stem}_mask`);
    if (mask !== undefined) pairs.push({ name: stem, image: join(images, file), mask: join(masks, mask) });
  }
  const collator = new Intl.Collator('en', { numeric: true });
  return pairs.sort((a, b) => collator.compare(a.name, b.name));
}

/** A few of many, evenly spread, the first and the last among them. */
export function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, index) => items[Math.round((index * (items.length - 1)) / (count - 1))]!);
}

async function picturesIn(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const file of await readdir(folder)) {
    const { name, ext } = parse(file);
    if (!file.startsWith('.') && extensions.has(ext.toLowerCase())) files.set(name.normalize('NFC'), file);
  }
  return files;
}
