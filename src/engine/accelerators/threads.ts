import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * How many threads to compute with where nobody says: the processors that this process may use, and no more than a
 * container's share of processor time pays for (Node looks at the former only).
 */
export function defaultThreads(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(shareOfContainer())));
}

/** Processors' worth of time that the control group grants; Infinity where there is no limit, or no control group. */
function shareOfContainer(): number {
  let text: string;
  try {
    text = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Other systems and the root group have no such file; some containers hide it.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EPERM') return Infinity;
    throw error;
  }
  return parseShare(text);
}

/** Reads `cpu.max`: "<microseconds or max> <period in microseconds>". */
export function parseShare(text: string): number {
  const [quota, period] = text.trim().split(/\s+/).map(Number);
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : Infinity;
}
