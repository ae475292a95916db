// The whole of `npm test`: types, lint, build, unit tests, the extension in a real editor. Stops at the first step that fails, with its exit code, and
// ends with one plain line of totals.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const results = join(root, 'test-results');
const report = join(results, 'vitest.json');
const editorReport = join(results, 'editor/totals.json');
const bin = (...parts) => join(root, 'node_modules', ...parts);

const steps = [
  { title: 'Types', command: [bin('typescript/bin/tsc'), '--noEmit'] },
  { title: 'Lint', command: [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'] },
  { title: 'Format', command: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  { title: 'Build', command: [join(root, 'scripts/build.mjs')] },
  {
    title: 'Unit tests',
    command: [
      bin('vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...process.argv.slice(2),
    ],
  },
  // With the name of a unit test, only that is asked for.
  ...(process.argv.length > 2 ? [] : [{ title: 'Editor tests', command: [join(root, 'scripts/testEditor.mjs')] }]),
];

mkdirSync(results, { recursive: true });
rmSync(report, { force: true });
rmSync(editorReport, { force: true });

for (const [index, { title, command }] of steps.entries()) {
  console.log(`\n== ${index + 1}/${steps.length} ${title}`);
  const began = performance.now();
  const { status, signal, error } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (error) throw error;
  if (status !== 0) {
    console.error(`\n${title} failed after ${seconds} s (${signal ? `signal ${signal}` : `exit code ${status}`}).`);
    // When it is the tests that failed, their totals are still worth a line. Without a report there is nothing to count.
    if (title.endsWith('tests')) printTotals();
    process.exit(status ?? 1);
  }
  console.log(`${title}: ok, ${seconds} s`);
}

if (!printTotals()) {
  console.error('The unit tests left no report, so nothing is known to have passed.');
  process.exit(1);
}

/** Prints 'N passed, N failed, N skipped', unit and editor tests together; false when there is no report of unit tests. */
function printTotals() {
  const unit = totalsIn(report);
  if (!unit) return false;
  const editor = totalsIn(editorReport) ?? { passed: 0, failed: 0 };
  const skipped = unit.numPendingTests + (unit.numTodoTests ?? 0);
  const passed = unit.numPassedTests + editor.passed;
  console.log(`\n${passed} passed, ${unit.numFailedTests + editor.failed} failed, ${skipped} skipped`);
  return true;
}

function totalsIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
