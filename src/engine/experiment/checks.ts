import type { Node } from 'jsonc-parser';
import { Problem } from '../../runs/problem';
import { lossName } from './lossLabel';
import type { LossSpec } from './lossSchema';
import { type Path, pathText, placeOfValue } from './places';
import type { Experiment } from './schema';

/** What is wrong with an experiment although each key by itself is right. */
export function crossChecks(experiment: Experiment, root: Node, text: string, file: string): Problem[] {
  const problems: Problem[] = [];
  const report = (path: Path, message: string, hint: string) =>
    problems.push(new Problem(message, { place: placeOfValue(root, path, text, file), hint }));

  const firstWithName = new Map<string, number>();
  experiment.losses.forEach((loss, index) => {
    checkLoss(loss, ['losses', index], report);
    const name = lossName(loss);
    const first = firstWithName.get(name);
    if (first === undefined) firstWithName.set(name, index);
    else {
      report(
        ['losses', index],
        `${pathText(['losses', index])} is called "${name}", as is ${pathText(['losses', first])}`,
        'Give one of them another "name", or take it out.',
      );
    }
  });

  const { schedule } = experiment.training;
  if (schedule.power !== undefined && schedule.type !== 'poly') {
    report(
      ['training', 'schedule', 'power'],
      `"power" means nothing to the schedule "${schedule.type}"`,
      'Take it out, or set "type": "poly".',
    );
  }
  if (schedule.final !== undefined && schedule.type === 'constant') {
    report(
      ['training', 'schedule', 'final'],
      '"final" means nothing to the schedule "constant"',
      'Take it out, or set "type": "cosine".',
    );
  }
  return problems;
}

function checkLoss(loss: LossSpec, path: Path, report: (path: Path, message: string, hint: string) => void): void {
  if (loss.type === 'sum') {
    loss.terms.forEach((term, index) => checkLoss(term, [...path, 'terms', index], report));
  } else if (loss.type === 'focal' && loss.alpha !== undefined && loss.classWeights !== undefined) {
    report([...path, 'alpha'], '"alpha" and "classWeights" both weigh the classes', 'Keep one of the two.');
  }
}
