import type { Session } from './session';

/** A test of the real editor. Tests of a file run in order, in one editor, and build on each other. */
export interface EditorTest {
  readonly name: string;
  /** Whether it can be run a second time when it failed, since it begins where it is. */
  readonly again?: boolean;
  run(session: Session): Promise<void> | void;
}

/** Throws when something does not hold. */
export function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

/** Throws unless two values are the same JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}
