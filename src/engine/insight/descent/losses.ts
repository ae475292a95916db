import type { DescentDocument } from '../../../runs/descentDocument';
import { Problem } from '../../../runs/problem';
import { slug } from '../../../runs/slug';
import { lossLabel, lossName } from '../../experiment/lossLabel';
import { lossSchema } from '../../experiment/lossSchema';
import type { LossSpec } from '../../experiment/schema';
import { studyLosses } from '../../experiment/studyLosses';
import { lossesOfExperiment, type KnownRun } from '../../surface/chooseNetworks';

/**
 * The losses that a user asks for, in that order, each once: `study`, the name of a loss of the run's experiment, `all` of
 * the experiment's, or a loss as the experiment file writes it, in JSON. Without any: the study's.
 * @throws Problem for a name that nothing has, and for what is no loss.
 */
export async function chooseDescentLosses(run: KnownRun, asked: readonly string[]): Promise<LossSpec[]> {
  const chosen: LossSpec[] = [];
  for (const text of asked.length === 0 ? ['study'] : asked) {
    if (text === 'study') chosen.push(...studyLosses);
    else if (text.trimStart().startsWith('{')) chosen.push(parseLoss(text));
    else chosen.push(...(await lossesOfExperiment(run, text === 'all' ? 'all' : [text])));
  }
  const byName = new Map<string, LossSpec>();
  for (const spec of chosen) {
    const name = lossName(spec);
    const same = byName.get(name);
    if (same && JSON.stringify(same) !== JSON.stringify(spec)) {
      throw new Problem(`two different losses are called "${name}"`, { hint: 'Give one of them a "name" of its own.' });
    }
    byName.set(name, spec);
  }
  return [...byName.values()];
}

function parseLoss(text: string): LossSpec {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Problem(`this is no JSON: ${text}`, {
      hint: 'Write a loss as in an experiment file, for example {"type":"focal","gamma":2}.',
      cause,
    });
  }
  const parsed = lossSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new Problem(`this is no loss: ${[issue.path.join('.'), issue.message].filter(Boolean).join(': ')}`, {
    hint: `In ${text}`,
  });
}

/** Losses as a descent's document keeps them, each with a folder name that no other has. */
export function describeLosses(losses: readonly LossSpec[]): DescentDocument['losses'] {
  const taken = new Set<string>();
  return losses.map((spec, index) => {
    const name = lossName(spec);
    let folder = slug(name, 60) || 'loss';
    if (taken.has(folder)) folder = `${folder}-${index + 1}`;
    taken.add(folder);
    return { name, label: lossLabel(spec), spec, folder };
  });
}
