import { parseExperiment } from '../../engine/experiment/read';
import { ExperimentProblems } from '../../engine/experiment/problems';
import { type Span, spanAt, spanOf } from '../../engine/experiment/outline';
import { Problem, type Subject } from '../../runs/problem';

/** A stretch of an experiment file's text with what is wrong about it. */
export interface Mark extends Span {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly subject: Subject | undefined;
}

/** What the text itself says that is wrong. */
export function marksOfText(text: string, file: string): Mark[] {
  try {
    parseExperiment(text, file);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const problems = error instanceof ExperimentProblems ? error.problems : [error];
    return problems.map(({ message, hint, place, subject }) => ({
      ...spanAt(text, offsetAt(text, place?.line ?? 1, place?.column ?? 1)),
      severity: 'error',
      message: withHint(message, hint),
      subject,
    }));
  }
}

/** What the engine has found about the data, where it belongs in the text as it is now. */
export function marksOfCheck(
  text: string,
  problems: readonly { severity: 'error' | 'warning'; message: string; hint?: string; subject?: Subject }[],
): Mark[] {
  return problems.map(({ severity, message, hint, subject }) => ({
    ...place(text, subject),
    severity,
    message: withHint(message, hint),
    subject,
  }));
}

/** The value at the subject's path, the nearest key around it when it is not written down, else the file's beginning. */
function place(text: string, subject: Subject | undefined): Span {
  const path = subject?.path ?? [];
  for (let length = path.length; length > 0; length -= 1) {
    const found = spanOf(text, path.slice(0, length), length === path.length ? 'value' : 'key');
    if (!found) continue;
    // A whole object underlined says less than its key.
    return text[found.offset] === '{' ? (spanOf(text, path.slice(0, length), 'key') ?? found) : found;
  }
  return { offset: 0, length: Math.min(1, text.length) };
}

function withHint(message: string, hint: string | undefined): string {
  return hint ? `${message}\n${hint}` : message;
}

/** Offset of a line and column, both from 1. */
function offsetAt(text: string, line: number, column: number): number {
  const breaks = /\r\n|\r|\n/g;
  let start = 0;
  for (let i = 1; i < line; i += 1) {
    if (!breaks.exec(text)) break;
    start = breaks.lastIndex;
  }
  return Math.min(text.length, start + column - 1);
}
