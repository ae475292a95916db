import { randomFor } from '../data/random';

/** Where Lanczos' method for the extreme eigenvalues begins: standard normal numbers. */
export function startVector(size: number, seed: number): Float32Array {
  const random = randomFor(seed, 'lanczos start');
  return Float32Array.from({ length: size }, () => random.normal());
}

/**
 * A random probe: each element 1 or −1 (Rademacher), which gives Hutchinson's estimate of the trace the least variance among
 * vectors of independent elements.
 * @param use tells the probes of one seed apart.
 */
export function probeVector(size: number, seed: number, use: string, number: number): Float32Array {
  const random = randomFor(seed, 'probe', use, number);
  return Float32Array.from({ length: size }, () => (random.next() < 0.5 ? -1 : 1));
}
