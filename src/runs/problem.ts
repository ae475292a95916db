/** Where in a file a problem stands. Lines and columns count from 1, as editors show them. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Which key of an experiment file a problem is about, so that an editor can mark it and offer a change. */
export interface Subject {
  /** Keys and indices from the top of the file; with `unknownKey` and `duplicateKey` the last is the key itself. */
  readonly path: readonly (string | number)[];
  readonly kind: 'unknownKey' | 'duplicateKey' | 'missing' | 'value';
  /** What could stand there instead, the likeliest first: names for an unknown key, else values. */
  readonly suggestions?: readonly unknown[];
}

/**
 * Something the user can put right: bad input, a bad option, a full disk. Shown without a stack trace as
 * `file:line:column: message` followed by the way out. Anything else that is thrown is a defect and keeps its stack.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly place: Place | undefined;
  /** What to do about it, in one or two sentences. */
  readonly hint: string | undefined;
  readonly subject: Subject | undefined;
  /** Exit code of the command line: 2 for bad usage or bad input, 1 for a failure while working. */
  readonly exitCode: 1 | 2;

  constructor(
    message: string,
    options: { place?: Place; hint?: string; subject?: Subject; exitCode?: 1 | 2; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.place = options.place;
    this.hint = options.hint;
    this.subject = options.subject;
    this.exitCode = options.exitCode ?? 2;
  }

  /** `file:line:column: message`, with the hint on its own line. */
  describe(): string {
    const { place } = this;
    const where = place
      ? `${place.file}${place.line === undefined ? '' : `:${place.line}${place.column === undefined ? '' : `:${place.column}`}`}: `
      : '';
    return `${where}${this.message}${this.hint ? `\n  ${this.hint}` : ''}`;
  }
}
