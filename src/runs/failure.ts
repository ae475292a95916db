import { Problem } from './problem';

/** Why a process failed, as the document of its folder says it. */
export interface Failure {
  readonly message: string;
  readonly hint?: string;
}

/** An error as a document says it. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof Problem ? error.hint : undefined;
  return hint === undefined ? { message } : { message, hint };
}

/**
 * Writes a failure into a folder before its error is thrown on. On a full disk not even that can be written: then the error
 * says both, so that whoever called hears of both.
 *
 * @param whose the folder, in words: "the run's folder".
 */
export async function writeDown(error: unknown, whose: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (second) {
    if (error instanceof Error)
      error.message += ` (and ${whose} could not be brought up to date: ${(second as Error).message})`;
  }
}
