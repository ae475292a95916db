import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../src/runs/files';

/** A top heading of Markdown, at the beginning of a line. */
const heading = /^# .*$/gm;

/**
 * Puts a section in the place of the one with the same heading, or behind all others.
 * @param document Markdown of sections that begin with `# `, without code that has such lines.
 * @param section the new one, its heading first.
 */
export function withSection(document: string, section: string): string {
  const title = /^# .*/.exec(section)?.[0];
  if (title === undefined) throw new Error('a section begins with its heading');
  const starts = [...document.matchAll(heading)].map(({ index }) => index);
  const sections = starts.map((start, index) => document.slice(start, starts[index + 1]).trim());
  const place = sections.findIndex((one) => one.split('\n')[0] === title);
  if (place < 0) sections.push(section.trim());
  else sections[place] = section.trim();
  return `${sections.join('\n\n')}\n`;
}

/** Writes a section of `bench/results.md`; the others stay as they were measured. */
export async function writeSection(section: string): Promise<void> {
  // The bundle lies in .cache/bench.
  const file = join(__dirname, '../../bench/results.md');
  const document = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  await writeFileAtomic(file, withSection(document, section));
  console.log('written to bench/results.md');
}
