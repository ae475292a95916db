import { Problem } from '../../runs/problem';
import { lossLabel, lossName } from '../experiment/lossLabel';
import type { Experiment, LossSpec } from '../experiment/schema';

/**
 * The losses of an experiment that are called `names`, in the experiment's order; all of them when no name is given. A name
 * is the one in the file, or what `lossName` makes of the entry.
 * @throws Problem that lists the names there are.
 */
export function chooseLosses(experiment: Experiment, names: readonly string[]): LossSpec[] {
  if (names.length === 0) return experiment.losses;
  const known = experiment.losses.map(lossName);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const place = experiment.file === null ? {} : { place: { file: experiment.file } };
    throw new Problem(`the experiment has no loss called "${unknown.join('", "')}"`, {
      ...place,
      hint: `Its losses: ${experiment.losses.map((loss) => `${lossName(loss)} (${lossLabel(loss)})`).join(', ')}.`,
    });
  }
  return experiment.losses.filter((loss) => names.includes(lossName(loss)));
}
