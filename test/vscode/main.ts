// Runs the tests of the real editor: `node scripts/testEditor.mjs` starts the editor and then this, bundled.
import { mkdirSync, writeFileSync } from 'node:fs';
import { activation } from './activation';
import { curve } from './curve';
import { training } from './training';
import { experimentFile } from './experimentFile';
import { Session } from './session';
import type { EditorTest } from './tests';

export { Session };

/** All tests, in the order in which they run. */
const suites: Record<string, EditorTest[]> = { activation, experimentFile, curve, training };

/** Runs every test whose suite or name contains `only`; prints a line for each. Returns the numbers of each outcome. */
export async function runTests(
  session: Session,
  only: string,
  pictures: string,
): Promise<{ passed: number; failed: number }> {
  mkdirSync(pictures, { recursive: true });
  const results: { name: string; passed: boolean; seconds: number; error?: string }[] = [];
  for (const [suite, tests] of Object.entries(suites)) {
    for (const test of tests) {
      const name = `${suite}: ${test.name}`;
      if (!name.includes(only)) continue;
      const began = performance.now();
      const error = await Promise.resolve()
        .then(() => test.run(session))
        .then(
          () => undefined,
          (reason: unknown) => (reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)),
        );
      const seconds = (performance.now() - began) / 1000;
      results.push({ name, passed: error === undefined, seconds, error });
      console.log(`${error === undefined ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`);
      if (error !== undefined) {
        console.log(error.replace(/^/gm, '    '));
        await session.picture(`failed ${name.replace(/[^\w ]+/g, ' ').slice(0, 80)}`).catch((reason: unknown) => {
          console.log(`    no picture: ${String(reason)}`);
        });
      }
    }
  }
  writeFileSync(`${pictures}/editor.json`, JSON.stringify({ results, complaints: session.complaints }, null, 2));
  const failed = results.filter(({ passed }) => !passed).length;
  return { passed: results.length - failed, failed };
}
