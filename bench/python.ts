import { spawnSync } from 'node:child_process';

/** A Python that can import what is needed, or why each of those that were looked at cannot. */
export type PythonSearch =
  { readonly found: true; readonly command: string } | { readonly found: false; readonly reasons: readonly string[] };

/**
 * Looks for a Python with `packages`: the given one, then `LOSSCAPE_PYTHON`, then `python3` on the PATH.
 *
 * @param given path of an interpreter; when it does not do, no other one is looked at.
 */
export function findPython(packages: readonly string[], given?: string): PythonSearch {
  const candidates = given !== undefined ? [given] : [process.env.LOSSCAPE_PYTHON, 'python3'];
  const reasons: string[] = [];
  for (const command of candidates) {
    if (command === undefined || command === '') continue;
    const missing = missingPackages(command, packages);
    if (missing === '') return { found: true, command };
    reasons.push(`${command}: ${missing}`);
  }
  return { found: false, reasons };
}

/** Asks whether packages are there without loading them, which takes seconds. Empty when they all are. */
function missingPackages(command: string, packages: readonly string[]): string {
  const script =
    'import importlib.util, sys\nprint(" ".join(name for name in sys.argv[1:] if not importlib.util.find_spec(name)))';
  const { error, status, stdout } = spawnSync(command, ['-c', script, ...packages], { encoding: 'utf8' });
  if (error) return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'not there' : error.message;
  if (status !== 0) return `does not run (exit code ${status})`;
  const names = stdout.trim();
  return names === '' ? '' : `has no ${names.split(' ').join(', ')}`;
}
