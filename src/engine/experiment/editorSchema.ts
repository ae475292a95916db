import { experimentJsonSchema } from './jsonSchema';

type Schema = Record<string, unknown>;

/** What only refuses: in the editor the checks of `parseExperiment` do that, in better words and with quick fixes. */
const refusals = [
  'required additionalProperties type minimum maximum exclusiveMinimum exclusiveMaximum',
  'minLength maxLength minItems maxItems pattern additionalItems',
]
  .join(' ')
  .split(' ');

/**
 * The JSON schema for editors that check experiment files with `parseExperiment` themselves: it explains and completes
 * everything that `experimentJsonSchema` does, and refuses nothing, so that no mistake is reported twice.
 */
export function experimentEditorSchema(): Schema {
  return permissive(experimentJsonSchema()) as Schema;
}

function permissive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(permissive);
  if (typeof value !== 'object' || value === null) return value;
  const schema = value as Schema;
  const branches = (schema.oneOf ?? schema.anyOf) as Schema[] | undefined;
  if (branches?.every((branch) => typeOf(branch) !== undefined)) return byType(schema, branches);
  const { enum: values, const: only, oneOf: _oneOf, anyOf: _anyOf, ...rest } = schema;
  const result: Schema = {};
  for (const [key, inner] of Object.entries(rest)) {
    if (key === 'properties' || key === 'definitions' || key === '$defs') {
      // The keys in here are names of the file, not of the schema.
      result[key] = Object.fromEntries(
        Object.entries(inner as Schema).map(([name, property]) => [name, permissive(property)]),
      );
    } else if (key === 'items' && Array.isArray(inner)) {
      result[key] = inner.map(permissive);
    } else if (!refusals.includes(key)) {
      result[key] = key === 'default' || key === 'examples' ? inner : permissive(inner);
    }
  }
  if (branches) Object.assign(result, { anyOf: [...branches.map(permissive), {}] });
  // Examples are completed like an enumeration, but other values are not refused.
  if (Array.isArray(values)) result.examples = values;
  if (only !== undefined) result.examples = [only];
  return result;
}

/** Objects told apart by their `type`: what each of them holds follows from the `type` that stands there. */
function byType(schema: Schema, branches: readonly Schema[]): Schema {
  const { oneOf: _oneOf, anyOf: _anyOf, ...rest } = schema;
  const named = branches.map((branch) => ({ type: typeOf(branch)!, branch }));
  const descriptions = named.map(({ type, branch }) => {
    const own = (branch.properties as Record<string, Schema>).type!.description;
    return `"${type}": ${typeof own === 'string' ? own : ''}`;
  });
  return {
    ...(permissive(rest) as Schema),
    properties: { type: { examples: named.map(({ type }) => type), description: descriptions.join('\n\n') } },
    allOf: named.map(({ type, branch }) => {
      const { type: _type, ...properties } = branch.properties as Record<string, Schema>;
      return {
        if: { properties: { type: { const: type } }, required: ['type'] },
        then: permissive({ ...branch, properties }),
      };
    }),
  };
}

function typeOf(schema: Schema): string | undefined {
  const type = (schema.properties as Record<string, Schema> | undefined)?.type?.const;
  return typeof type === 'string' ? type : undefined;
}
