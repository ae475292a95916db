import {
  findNodeAtLocation,
  findNodeAtOffset,
  getNodePath,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
} from 'jsonc-parser';
import { lossLabel, lossName } from './lossLabel';
import { type LossSpec, lossSchema, lossTermSchema } from './lossSchema';
import type { Path } from './places';

/** A stretch of a text, in UTF-16 units. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** An entry of `losses` as it stands in a file that may be half-typed. */
export interface LossEntry extends Span {
  readonly index: number;
  /** With defaults filled in; null while the entry is not valid. What cannot be read of a half-typed text is left out. */
  readonly spec: LossSpec | null;
  /** Whether its text is free of syntax errors, so that nothing was left out. */
  readonly whole: boolean;
  /** `lossName` and `lossLabel`; empty while the entry is not valid. */
  readonly name: string;
  readonly label: string;
}

export interface ExperimentOutline {
  /** The key "losses" with its quotes; null when the file has none. */
  readonly lossesKey: Span | null;
  readonly losses: readonly LossEntry[];
}

const options = { allowTrailingComma: true } as const;

/** Where the losses stand in the text of an experiment file. Never throws: what cannot be read is left out. */
export function experimentOutline(text: string): ExperimentOutline {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, options);
  const list = root && findNodeAtLocation(root, ['losses']);
  if (!list) return { lossesKey: null, losses: [] };
  const entries = list.type === 'array' ? (list.children ?? []) : [];
  return {
    lossesKey: span(list.parent!.children![0]!),
    losses: entries.map((node, index) => ({
      ...span(node),
      index,
      ...described(getNodeValue(node)),
      whole: !errors.some(({ offset }) => offset >= node.offset && offset <= node.offset + node.length),
    })),
  };
}

/** The loss whose braces are the innermost around an offset, be it an entry of `losses` or a term of a sum. */
export function lossAt(text: string, offset: number): (Span & { readonly spec: LossSpec }) | null {
  const root = parseTree(text, [], options);
  let node = root && findNodeAtOffset(root, offset);
  for (; node; node = node.parent) {
    const path = getNodePath(node);
    if (path[0] !== 'losses' || node.type !== 'object') continue;
    const read = lossTermSchema.safeParse(withoutName(getNodeValue(node)));
    if (read.success) return { ...span(node), spec: read.data };
  }
  return null;
}

/** What an offset of the text lies in: the path of its value, and whether it is the key rather than the value. */
export function pathAt(text: string, offset: number): { path: Path; key: boolean; node: Span } | null {
  const root = parseTree(text, [], options);
  const node = root && findNodeAtOffset(root, offset);
  if (!node) return null;
  const key = node.parent?.type === 'property' && node.parent.children?.[0] === node;
  return { path: getNodePath(node), key, node: span(node) };
}

/** Where the value at a path stands, or its key; null when the file has no such value. */
export function spanOf(text: string, path: Path, which: 'key' | 'value'): Span | null {
  const root = parseTree(text, [], options);
  const node = root && findNodeAtLocation(root, [...path]);
  if (!node) return null;
  const key = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
  return span(which === 'key' && key ? key : node);
}

/** The value or key that begins at an offset, to be underlined: of an object or a list only its opening bracket. */
export function spanAt(text: string, offset: number): Span {
  const root = parseTree(text, [], options);
  const node = root && findNodeAtOffset(root, offset);
  if (!node || node.offset !== offset) return { offset, length: Math.min(1, text.length - offset) };
  return node.type === 'object' || node.type === 'array' ? { offset, length: 1 } : span(node);
}

function described(value: unknown): Pick<LossEntry, 'spec' | 'name' | 'label'> {
  const read = lossSchema.safeParse(value);
  if (!read.success) return { spec: null, name: '', label: '' };
  return { spec: read.data, name: lossName(read.data), label: lossLabel(read.data) };
}

function withoutName(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { name: _, ...rest } = value as Record<string, unknown>;
  return rest;
}

function span({ offset, length }: Node): Span {
  return { offset, length };
}
