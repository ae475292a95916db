import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { fileProblem } from './files';
import { Problem } from './problem';

/** What a file is to hold. */
interface Expected<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** The newest version of the format that this code reads. */
  readonly newest: number;
  /** What the file is, in words: "the surface". */
  readonly what: string;
  /** What is said of a file that holds something else. */
  readonly otherwise: string;
}

/** Reads a JSON file that carries a `formatVersion`. @throws Problem when it is missing, damaged, or of a newer format. */
export async function readJsonDocument<Schema extends z.ZodType>(
  file: string,
  { schema, newest, what, otherwise }: Expected<Schema>,
): Promise<z.infer<Schema>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw fileProblem(error, file);
    throw new Problem(`${what} is not whole JSON`, { place: { file }, cause: error });
  }
  const version = (value as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === 'number' && version > newest) {
    throw new Problem(`${what} was written by a newer Losscape (format ${version}, this one reads up to ${newest})`, {
      place: { file },
    });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem(`${otherwise}: ${z.prettifyError(parsed.error)}`, { place: { file } });
}
