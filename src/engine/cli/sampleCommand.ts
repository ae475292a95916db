import { resolve } from 'node:path';
import { writePhantom } from '../data/phantom/writePhantom';
import type { CommandIo } from './io';

/** `losscape sample DIR`: a synthetic data set with an experiment file beside it. */
export async function sampleCommand(
  { folder, pairs, seed }: { folder: string; pairs: number; seed: number },
  io: CommandIo,
): Promise<number> {
  const { experiment } = await writePhantom(folder, { pairs, seed });
  io.stdout.write(
    `${pairs} synthetic pairs in ${resolve(folder)} (a generated phantom, no photographs)\n` +
      `Train on them: losscape train ${experiment}\n`,
  );
  return 0;
}
