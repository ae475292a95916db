import { z } from 'zod';
import type { Path } from './places';
import { experimentSchema } from './schema';

/**
 * The keys that the schema knows in the object at a path of an experiment.
 *
 * @param value the whole experiment as it stands in the file: it decides which branch of a union an object is.
 */
export function knownKeys(path: Path, value: unknown): string[] {
  let schema: z.core.$ZodType | undefined = experimentSchema;
  let inner = value;
  for (const part of path) {
    schema = child(objectAt(schema, inner), part);
    inner = (inner as Record<string | number, unknown> | null | undefined)?.[part];
  }
  const last = objectAt(schema, inner);
  return last instanceof z.ZodObject ? Object.keys(last.shape).filter((key) => key !== '$schema') : [];
}

/** The sections (such as "training.optimizer"; "" is the top) in which a key of exactly this name is known. */
export function sectionsWithKey(key: string): string[] {
  return sectionsBelow(experimentSchema, '').flatMap(({ section, keys }) => (keys.includes(key) ? [section] : []));
}

/** Every object of the schema that stands at a fixed place, which leaves out the entries of lists. */
function sectionsBelow(schema: z.core.$ZodType, section: string): { section: string; keys: string[] }[] {
  if (isWrapper(schema)) return sectionsBelow(schema.unwrap(), section);
  if (schema instanceof z.ZodUnion) {
    const branches = schema.options.flatMap((option) => sectionsBelow(option, section));
    return branches.length === 0 ? [] : [{ section, keys: branches.flatMap(({ keys }) => keys) }];
  }
  if (!(schema instanceof z.ZodObject)) return [];
  const inner = Object.entries(schema.shape).flatMap(([key, value]) =>
    sectionsBelow(value as z.core.$ZodType, section === '' ? key : `${section}.${key}`),
  );
  return [{ section, keys: Object.keys(schema.shape) }, ...inner];
}

function child(schema: z.core.$ZodType | undefined, part: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<string, z.core.$ZodType>)[part];
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

/** The object or array schema that is meant for a value, below defaults, optionals and unions. */
function objectAt(schema: z.core.$ZodType | undefined, value: unknown): z.core.$ZodType | undefined {
  if (isWrapper(schema)) {
    return objectAt(schema.unwrap(), value);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const type = (value as { type?: unknown } | null | undefined)?.type;
    return schema.options.find(
      (option) => option instanceof z.ZodObject && (option.shape.type as z.ZodLiteral).value === type,
    );
  }
  if (schema instanceof z.ZodUnion) return schema.options.find((option) => option instanceof z.ZodObject);
  return schema;
}

function isWrapper(schema: z.core.$ZodType | undefined): schema is z.ZodDefault | z.ZodPrefault | z.ZodOptional {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
}
