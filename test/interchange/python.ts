import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { findPython } from '../../bench/python';

/** A Python that has what a test needs; undefined when there is none, which is said once. */
export function pythonWith(packages: readonly string[]): string | undefined {
  const search = findPython(packages);
  if (search.found) return search.command;
  const why = search.reasons.join('; ');
  console.log(`Skipped: no Python with ${packages.join(', ')} (${why}). Name one in LOSSCAPE_PYTHON.`);
  return undefined;
}

/**
 * Runs a Python program of this folder and gives back what it printed, as JSON.
 * @throws Error with what it wrote to standard error when it fails.
 */
export function runPython(python: string, program: string, args: readonly string[]): unknown {
  const text = execFileSync(python, [join(import.meta.dirname, program), ...args], {
    encoding: 'utf8',
    // The peer of the benchmark is the same network in PyTorch.
    env: { ...process.env, PYTHONPATH: join(import.meta.dirname, '../../bench/peers'), PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(text);
}
