import { resolveRun } from '../../runs/scan';
import { readKnownRun } from '../surface/chooseNetworks';
import type { ChosenRun } from '../surface/surfaceSettings';

/** A run as it is named on the command line: RUN, or RUN@EPOCH. @throws Problem when there is no such run. */
export async function chosenRun(text: string, runsFolder: string): Promise<ChosenRun> {
  const match = /^(.+)@(\d+|last|best)$/.exec(text);
  const run = await readKnownRun(await resolveRun(match?.[1] ?? text, runsFolder));
  const epoch = match?.[2];
  if (epoch === undefined) return { run };
  return { run, epoch: epoch === 'last' || epoch === 'best' ? epoch : Number(epoch) };
}
