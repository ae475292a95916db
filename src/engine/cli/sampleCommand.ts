import { resolve } from 'node:path';
import { writePhantom } from '../data/phantom/writePhantom';
import type { CommandIo } from './io';

/** `losscape sample DIR`: a synthetic data set with an experiment file beside it. */
export async function sampleCommand(
  { folder, pairs, seed, scale }: { folder: string; pairs: number; seed: number; scale: number },
  io: CommandIo,
): Promise<number> {
  const shown = io.stderr.isTTY ?? false;
  const { experiment, experimentKept } = await writePhantom(folder, {
    pairs,
    seed,
    scale,
    onProgress: (done) => shown && io.stderr.write(`\r${done} of ${pairs}${done === pairs ? '\r\u001b[2K' : ''}`),
  });
  io.stdout.write(
    `${pairs} synthetic pairs in ${resolve(folder)} (a generated phantom, no photographs)\n` +
      (experimentKept ? `${experiment} was there already and is left as it was\n` : '') +
      `Train on them: losscape train ${experiment}\n`,
  );
  return 0;
}
