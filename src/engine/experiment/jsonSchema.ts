import { z } from 'zod';
import { experimentSchema } from './schema';

/**
 * The JSON schema (draft 7) of an experiment file, from which editors complete, explain and check as one types. Made from
 * the same source as the checks of `parseExperiment`.
 */
export function experimentJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(experimentSchema, { io: 'input', target: 'draft-7' }),
    title: 'Losscape experiment',
    // Read by VS Code: the file is JSON with comments.
    allowComments: true,
    allowTrailingCommas: true,
  };
}
