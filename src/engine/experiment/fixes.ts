import { applyEdits, type Edit, findNodeAtLocation, modify, parseTree } from 'jsonc-parser';
import type { Subject } from '../../runs/problem';
import { type Path, pathText } from './places';

/** A change of an experiment file that an editor can offer. */
export interface Fix {
  readonly kind: 'rename' | 'remove' | 'insert' | 'set';
  /** The key that is changed, for a title: `losses[1].gamma`. */
  readonly key: string;
  /** What it is changed to; undefined for a removal. */
  readonly value: unknown;
  /** Replacements in the text, none of which overlap. */
  readonly edits: readonly Edit[];
}

/** What can be offered about a problem, the likeliest first. The rest of the text keeps its form and its comments. */
export function fixesFor(text: string, { path, kind, suggestions = [] }: Subject): Fix[] {
  switch (kind) {
    case 'unknownKey':
      return [...suggestions.flatMap((name) => rename(text, path, String(name))), ...remove(text, path)];
    case 'duplicateKey':
      return remove(text, path);
    case 'missing':
      return suggestions.map((value) => change(text, 'insert', path, value));
    case 'value':
      return suggestions.map((value) => change(text, 'set', path, value));
  }
}

/** A text with a fix applied. */
export function applyFix(text: string, fix: Fix): string {
  return applyEdits(text, [...fix.edits]);
}

function rename(text: string, path: Path, name: string): Fix[] {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const key = root && findNodeAtLocation(root, [...path])?.parent?.children?.[0];
  if (!key) return [];
  const edits = [{ offset: key.offset, length: key.length, content: JSON.stringify(name) }];
  return [{ kind: 'rename', key: pathText(path), value: name, edits }];
}

function remove(text: string, path: Path): Fix[] {
  const edits = modify(text, [...path], undefined, {});
  return edits.length === 0 ? [] : [{ kind: 'remove', key: pathText(path), value: undefined, edits }];
}

function change(text: string, kind: 'insert' | 'set', path: Path, value: unknown): Fix {
  const edits = modify(text, [...path], value, { formattingOptions: indentation(text) });
  return { kind, key: pathText(path), value, edits };
}

/** How the file is indented: by the first line that is. */
function indentation(text: string): { insertSpaces: boolean; tabSize: number; eol: string } {
  const first = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  return {
    insertSpaces: !first.startsWith('\t'),
    tabSize: first.startsWith('\t') ? 1 : first.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}
