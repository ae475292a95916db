import { Problem } from './problem';

/** Why a process failed, as the document of its folder says it. */
export interface Failure {
  readonly message: string;
  readonly hint?: string;
}

/** An error as a document says it. */
function failureOf(error: unknown): Failure {
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

/** The writer of a run's folder, as far as a failure concerns it. */
interface FailingWriter {
  log(text: string): Promise<void>;
  update(patch: { status: 'failed'; finished: string; error: Failure }): Promise<void>;
}

/** Has a folder say that its run failed, and why; see `writeDown`. */
export async function markFailed(writer: FailingWriter, error: unknown, whose: string): Promise<void> {
  const failure = failureOf(error);
  await writeDown(error, whose, async () => {
    const now = new Date().toISOString();
    await writer.log(`${now} Failed: ${failure.message}`);
    await writer.update({ status: 'failed', finished: now, error: failure });
  });
}
