import { findNodeAtLocation, type Node, type ParseErrorCode, printParseErrorCode } from 'jsonc-parser';
import { type Place, Problem } from '../../runs/problem';

/** A path into an experiment: keys and indices. */
export type Path = readonly (string | number)[];

/** The place of an offset into a text; lines and columns count from 1. */
export function placeAt(text: string, offset: number, file: string): Place {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The place of the value at a path; of the nearest value around it when there is none. */
export function placeOfValue(root: Node, path: Path, text: string, file: string): Place {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node) return placeAt(text, node.offset, file);
  }
  return placeAt(text, root.offset, file);
}

/** The place of a key in the object at a path. */
export function placeOfKey(root: Node, path: Path, key: string, text: string, file: string): Place {
  const value = findNodeAtLocation(root, [...path, key]);
  // The parent of a property's value is the property, whose first child is the key.
  return placeAt(text, value?.parent?.children?.[0]?.offset ?? root.offset, file);
}

/** `training.optimizer.learningRate`, `losses[1].gamma`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}

/** A Problem for each key that stands more than once in its object: only the last one would count. */
export function duplicateKeys(node: Node, text: string, file: string, path: Path = []): Problem[] {
  const seen = new Set<unknown>();
  const problems: Problem[] = [];
  for (const [index, child] of (node.children ?? []).entries()) {
    const key = child.type === 'property' ? child.children?.[0] : undefined;
    if (key && seen.has(key.value)) {
      problems.push(
        new Problem(`"${key.value}" stands here for the second time`, {
          place: placeAt(text, key.offset, file),
          hint: 'Keep one of the two.',
          subject: { path: [...path, String(key.value)], kind: 'duplicateKey' },
        }),
      );
    }
    seen.add(key?.value);
    const inner = node.type === 'array' ? [...path, index] : key ? [...path, String(key.value)] : path;
    problems.push(...duplicateKeys(child, text, file, inner));
  }
  return problems;
}

/** A syntax error in words. */
export function syntaxMessage(code: ParseErrorCode): string {
  const name = printParseErrorCode(code);
  return syntaxMessages[name] ?? `not valid JSON (${name})`;
}

const syntaxMessages: Record<string, string | undefined> = {
  InvalidSymbol: 'a word that JSON does not know; texts stand in double quotes',
  InvalidNumberFormat: 'not a valid number',
  PropertyNameExpected: 'a key in double quotes is expected here',
  ValueExpected: 'a value is expected here',
  ColonExpected: 'a colon is expected here',
  CommaExpected: 'a comma is expected here',
  CloseBraceExpected: 'a closing brace } is expected here',
  CloseBracketExpected: 'a closing bracket ] is expected here',
  EndOfFileExpected: 'the file should end here',
  UnexpectedEndOfComment: 'a comment that does not end',
  UnexpectedEndOfString: 'a text that does not end; it must be closed by a double quote on the same line',
  UnexpectedEndOfNumber: 'a number that does not end',
  InvalidUnicode: 'not a valid \\u escape',
  InvalidEscapeCharacter: 'not a valid escape; write a backslash as \\\\ (or use / in paths)',
  InvalidCharacter: 'a character that must be escaped inside a text',
};
