import { dirname, relative, sep } from 'node:path';
import { parseTree } from 'jsonc-parser';
import { Problem, type Subject } from '../../runs/problem';
import { type Path, placeOfValue } from './places';
import type { Experiment } from './schema';

/**
 * A problem of the data, as a problem of the experiment file that names the data: at the key concerned, with the file or
 * folder that it was found in told in the message.
 *
 * @param text of the experiment file that `experiment` was read from.
 */
export function inExperimentFile(problem: Problem, experiment: Experiment, text: string): Problem {
  const { file } = experiment;
  if (file === null || problem.place?.file === file) return problem;
  const path = problem.subject?.path ?? keyOfFile(found(problem), experiment);
  const source = text.replace(/^\uFEFF/, '');
  const root = parseTree(source, [], { allowTrailingComma: true });
  const where = problem.place && relative(dirname(file), problem.place.file).split(sep).join('/');
  const subject: Subject = { kind: 'value', ...problem.subject, path };
  return new Problem(where ? `${where}: ${problem.message}` : problem.message, {
    place: root ? placeOfValue(root, path, source, file) : { file },
    hint: problem.hint,
    subject,
    exitCode: problem.exitCode,
    cause: problem,
  });
}

/** The file or folder that a problem is about; of several problems told as one, that of the first. */
function found({ place, cause }: Problem): string | undefined {
  return place?.file ?? (cause instanceof Problem ? cause.place?.file : undefined);
}

/** The key that names the folder in which a file lies; `dataset` when none does. */
function keyOfFile(file: string | undefined, { dataset }: Experiment): Path {
  const folders: [string, Path][] = [
    ...(typeof dataset.test === 'object'
      ? ([
          [dataset.test.masks, ['dataset', 'test', 'masks']],
          [dataset.test.images, ['dataset', 'test', 'images']],
        ] satisfies [string, Path][])
      : []),
    [dataset.masks, ['dataset', 'masks']],
    [dataset.images, ['dataset', 'images']],
  ];
  const holding = folders
    .filter(([folder]) => file === folder || file?.startsWith(folder.endsWith(sep) ? folder : folder + sep))
    // One folder may lie in another: the innermost is meant.
    .sort(([a], [b]) => b.length - a.length);
  return holding[0]?.[1] ?? ['dataset'];
}
