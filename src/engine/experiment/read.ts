import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { Problem } from '../../runs/problem';
import { crossChecks } from './checks';
import { problemsOfIssues } from './issues';
import { duplicateKeys, placeAt, syntaxMessage } from './places';
import { ExperimentProblems } from './problems';
import { type Experiment, experimentSchema } from './schema';

export { ExperimentProblems };

/**
 * Reads an experiment file (`*.losscape.json`, JSON with comments), with every default filled in.
 *
 * Throws ExperimentProblems, which holds one Problem with line and column for each thing that is wrong; a Problem when the
 * file cannot be read.
 */
export async function readExperiment(file: string): Promise<Experiment> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const message =
      code === 'ENOENT'
        ? 'there is no such experiment file'
        : code === 'EISDIR'
          ? 'this is a folder, not an experiment file'
          : `the experiment file cannot be read (${code ?? String(error)})`;
    throw new Problem(message, {
      place: { file },
      hint: '"losscape init DIR" writes one for a folder of images.',
      cause: error,
    });
  }
  return parseExperiment(text, file);
}

/**
 * The experiment in the text of an experiment file, with every default filled in.
 *
 * @param file its path: paths in it are resolved against its folder, problems are reported under this name, and the
 *   experiment is named after it when it has no name of its own.
 * Throws ExperimentProblems with everything that is wrong.
 */
export function parseExperiment(text: string, file: string): Experiment {
  // A byte-order mark is no part of the text, and editors do not count it as a column.
  const source = text.replace(/^\uFEFF/, '');
  const root = parseSource(source, file);
  const parsed = experimentSchema.safeParse(getNodeValue(root));
  if (!parsed.success) throw new ExperimentProblems(problemsOfIssues(parsed.error.issues, root, source, file));

  const { $schema: _, name, dataset, ...rest } = parsed.data;
  const path = resolve(file);
  const absolute = (entry: { images: string; masks: string }) => ({
    images: resolve(dirname(path), entry.images),
    masks: resolve(dirname(path), entry.masks),
  });
  const test = typeof dataset.test === 'number' ? dataset.test : absolute(dataset.test);
  const experiment: Experiment = {
    name: name ?? nameOf(path),
    file: path,
    dataset: { ...dataset, ...absolute(dataset), test },
    ...rest,
  };
  const problems = crossChecks(experiment, root, source, file);
  if (problems.length > 0) throw new ExperimentProblems(problems);
  return experiment;
}

/** The syntax tree, or ExperimentProblems with every syntax error and every key that stands twice. */
function parseSource(source: string, file: string): Node {
  if (source.trim() === '')
    throw new ExperimentProblems([
      new Problem('the file is empty', { place: placeAt(source, 0, file), hint: minimal }),
    ]);
  const errors: ParseError[] = [];
  const root = parseTree(source, errors, { allowTrailingComma: true });
  const problems = errors.map(
    ({ error, offset }) => new Problem(syntaxMessage(error), { place: placeAt(source, offset, file) }),
  );
  if (root && problems.length === 0) problems.push(...duplicateKeys(root, source, file));
  // Without a root there is an error that says so.
  if (!root || problems.length > 0) throw new ExperimentProblems(problems);
  return root;
}

const minimal = 'The least that works: { "dataset": { "images": "images", "masks": "masks" } }';

/** "disc" from "disc.losscape.json". */
function nameOf(path: string): string {
  return basename(path).replace(/(\.losscape)?\.jsonc?$/i, '') || 'experiment';
}
