import { dirname } from 'node:path';

/** The run folder that a surface lies in: <run>/surfaces/<surface>. */
export const runOf = (surface: string): string => dirname(dirname(surface));
