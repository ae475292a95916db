import { findNodeAtLocation, getNodeValue, type Node } from 'jsonc-parser';
import type { z } from 'zod';
import { Problem, type Subject } from '../../runs/problem';
import { knownKeys, sectionsWithKey } from './knownKeys';
import { nearest } from './nearest';
import { type Path, pathText, placeOfKey, placeOfValue } from './places';

type Issue = z.core.$ZodIssue;

/** What the schema's checks found, as Problems with line, column and way out, in the order of the file. */
export function problemsOfIssues(issues: readonly Issue[], root: Node, text: string, file: string): Problem[] {
  const problems = issues.flatMap((issue) => problemsOf(issue, [], root, text, file));
  return problems.sort(
    (a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0),
  );
}

function problemsOf(issue: Issue, above: Path, root: Node, text: string, file: string): Problem[] {
  const path = [...above, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(path, key, root, text, file));
  }
  const node = findNodeAtLocation(root, [...path]);
  if (issue.code === 'invalid_union') {
    // The branch that the value was meant for is the one whose complaint lies inside the value.
    const inner = issue.errors.find((errors) => errors.some((error) => reachesInside(error)));
    if (inner && node) return inner.flatMap((error) => problemsOf(error, path, root, text, file));
  }
  const place = placeOfValue(root, path, text, file);
  const where = path.length === 0 ? 'the file' : `"${pathText(path)}"`;
  if (!node) {
    const subject: Subject = { path, kind: 'missing', suggestions: samplesFor(path, issue) };
    return [new Problem(`${where} is missing`, { place, hint: hintFor(issue, undefined), subject })];
  }
  const value: unknown = getNodeValue(node);
  const subject: Subject = { path, kind: 'value', suggestions: optionsByNearness(issue, value) };
  return [
    new Problem(`${where} ${requirement(issue)}, but it is ${shown(value)}`, {
      place,
      hint: hintFor(issue, value),
      subject,
    }),
  ];
}

function unknownKey(path: Path, key: string, root: Node, text: string, file: string): Problem {
  const known = knownKeys(path, getNodeValue(root));
  const near = nearest(key, known);
  const elsewhere = path[0] === 'losses' ? [] : sectionsWithKey(key);
  const hint =
    near !== null
      ? `Did you mean "${near}"?`
      : elsewhere.length > 0
        ? `It belongs ${elsewhere.map((section) => (section === '' ? 'at the top of the file' : `in "${section}"`)).join(' or ')}.`
        : `Known here: ${known.map((name) => `"${name}"`).join(', ')}.`;
  const where = path.length === 0 ? '' : ` in "${pathText(path)}"`;
  return new Problem(`unknown key "${key}"${where}`, {
    place: placeOfKey(root, path, key, text, file),
    hint,
    subject: { path: [...path, key], kind: 'unknownKey', suggestions: near === null ? [] : [near] },
  });
}

/** What a value has to be, to stand after its name: "must be a whole number". */
function requirement(issue: Issue): string {
  // The schema's own words, where it has some.
  if (issue.message.startsWith('must ')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${expectations[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `must have at least ${issue.minimum} ${issue.origin === 'string' ? 'letters' : 'entries'}`
        : `must be ${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `must have at most ${issue.maximum} ${issue.origin === 'string' ? 'letters' : 'entries'}`
        : `must be ${issue.inclusive ? 'at most' : 'below'} ${issue.maximum}`;
    case 'invalid_union':
      return `must be one of ${quoted(discriminators(issue) ?? [])}`;
    default:
      return issue.message;
  }
}

const expectations: Record<string, string | undefined> = {
  number: 'a number',
  string: 'a text in double quotes',
  boolean: 'true or false',
  object: 'an object in braces { }',
  array: 'a list in brackets [ ]',
  tuple: 'a list in brackets [ ]',
};

/** The values that an issue leaves to choose from; none when they cannot be told one by one. */
function optionsOf(issue: Issue): unknown[] {
  return issue.code === 'invalid_value' ? [...issue.values] : (discriminators(issue) ?? []);
}

function optionsByNearness(issue: Issue, value: unknown): unknown[] {
  const options = optionsOf(issue);
  const near = typeof value === 'string' ? nearest(value, options.map(String)) : null;
  return near === null ? options : [near, ...options.filter((option) => option !== near)];
}

/** What can be put where a key is missing, so that the file becomes valid or nearly so. */
function samplesFor(path: Path, issue: Issue): unknown[] {
  const options = optionsOf(issue);
  if (options.length > 0) return options;
  switch (path.at(-1)) {
    case 'dataset':
      return [{ images: 'images', masks: 'masks' }];
    case 'images':
    case 'masks':
      return [path.at(-1)];
    case 'terms':
      return [[{ type: 'crossEntropy' }]];
    default:
      return [];
  }
}

function hintFor(issue: Issue, value: unknown): string | undefined {
  const options = optionsOf(issue).map(String);
  const near = typeof value === 'string' ? nearest(value, options) : null;
  if (near !== null) return `Did you mean "${near}"?`;
  return value === undefined && options.length > 0 ? `It must be one of ${quoted(options)}.` : undefined;
}

/** The known values of `type`, when the issue is that it has none of them; else null. */
function discriminators(issue: Issue): string[] | null {
  return issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)
    ? issue.options.map(String)
    : null;
}

/** Whether an issue of a union's branch is about a part of the value rather than about what kind of value it is. */
function reachesInside(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

function quoted(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
