import { describe, expect, it } from 'vitest';
import { experimentJsonSchema } from '../../../src/engine/experiment/jsonSchema';

interface Schema {
  $ref?: string;
  type?: string;
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  enum?: unknown[];
  required?: string[];
  additionalProperties?: unknown;
  properties?: Record<string, Schema>;
  definitions?: Record<string, Schema>;
  items?: Schema | Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}

const schema = experimentJsonSchema() as Schema;

/** Every object in the schema, with where it stands. */
function objects(at: Schema, path: string): { path: string; object: Schema }[] {
  const inner = [
    ...Object.entries(at.properties ?? {}),
    ...Object.entries(at.definitions ?? {}),
    ...[at.items ?? []].flat().map((item, index) => [`[${index}]`, item] as const),
    ...[...(at.anyOf ?? []), ...(at.oneOf ?? [])].map((branch, index) => [`|${index}`, branch] as const),
  ].flatMap(([name, child]) => objects(child, `${path}.${name}`));
  return at.properties ? [{ path, object: at }, ...inner] : inner;
}

describe('experimentJsonSchema', () => {
  it('is JSON', () => expect(JSON.parse(JSON.stringify(schema))).toEqual(schema));

  it('needs a data set only', () => {
    expect(schema.required).toEqual(['dataset']);
    expect(schema.properties?.dataset?.required).toEqual(['images', 'masks']);
  });

  it('describes every key and lets no other key in', () => {
    const all = objects(schema, '');
    expect(all.length).toBeGreaterThan(12);
    for (const { path, object } of all) {
      expect(object.additionalProperties, path).toBe(false);
      for (const [key, value] of Object.entries(object.properties ?? {})) {
        expect(value.description, `${path}.${key}`).toBeTruthy();
      }
    }
  });

  it('gives ranges, choices and defaults', () => {
    const { model, training, dataset } = schema.properties ?? {};
    expect(model?.properties?.depth).toMatchObject({ type: 'integer', minimum: 1, maximum: 8, default: 4 });
    expect(training?.properties?.initializer).toMatchObject({ enum: ['he', 'study', 'default'], default: 'he' });
    expect(dataset?.properties?.scale).toMatchObject({ exclusiveMinimum: 0, maximum: 1, default: 1 });
    for (const key of Object.keys(training?.properties ?? {})) {
      expect(training?.properties?.[key], key).toHaveProperty('default');
    }
  });

  it('resolves every reference within itself', () => {
    const references = JSON.stringify(schema).match(/"#[^"]*"/g) ?? [];
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      expect(reference).toMatch(/^"#\/definitions\//);
      expect(schema.definitions).toHaveProperty(reference.slice('"#/definitions/'.length, -1));
    }
  });
});
