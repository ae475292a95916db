import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figure } from '../test/vscode/figures';
import { markdownTable, surroundingsText } from './results';
import { writeSection } from './sections';

/* Writes what the tests of the editor have measured into `bench/results.md`. */
async function main(): Promise<void> {
  const file = join(__dirname, '../../test-results/editor/figures.json');
  const figures = JSON.parse(await readFile(file, 'utf8')) as readonly Figure[];
  const rows = figures.map(({ what, value, unit, aim }) => [
    what,
    `${Math.round(value).toLocaleString('en')} ${unit}`,
    aim === undefined ? '' : `${unit === 'ms' ? '<' : '>='} ${aim.toLocaleString('en')} ${unit}`,
  ]);
  const table = markdownTable(['', 'measured', 'aim'], rows);
  console.log(table);
  await writeSection(`# In the editor

Measured by the tests of the editor in a real one: code-server in Chromium without a graphics card, so everything that is drawn is
drawn by the same cores that compute. A picture counts as drawn with the frame after the one in which the page has it.

${surroundingsText({ node: process.versions.node })}

${table}

\`npm run bench -- editor\` measures again and writes this section.
`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
