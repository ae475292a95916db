import { expect, it } from 'vitest';
import { experimentEditorSchema } from '../../../src/engine/experiment/editorSchema';

type Schema = Record<string, unknown>;

/** Every schema in a schema, found through the keywords that hold some. */
function all(schema: unknown): Schema[] {
  if (Array.isArray(schema)) return schema.flatMap(all);
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {}, definitions = {}, if: _condition, default: _default, ...rest } = schema as Schema;
  return [
    schema as Schema,
    ...[...Object.values(properties as Schema), ...Object.values(definitions as Schema)].flatMap(all),
    ...Object.values(rest).flatMap(all),
  ];
}

it('refuses nothing', () => {
  const schemas = all(experimentEditorSchema());
  expect(schemas.length).toBeGreaterThan(60);
  const keywords = new Set(schemas.flatMap((schema) => Object.keys(schema)));
  for (const keyword of ['required', 'additionalProperties', 'enum', 'const', 'minimum', 'maxItems', 'oneOf']) {
    expect([...keywords]).not.toContain(keyword);
  }
});

it('still explains and completes: keys, values, and the options of each loss by its type', () => {
  const schema = experimentEditorSchema() as { properties: Record<string, Schema>; allowComments: boolean };
  expect(schema.allowComments).toBe(true);
  expect(schema.properties.dataset!.description).toContain('image/mask pairs');
  const model = schema.properties.model!.properties as Record<string, Schema>;
  expect(model.padding!.examples).toEqual(['valid', 'same']);
  const loss = schema.properties.losses!.items as { properties: Record<string, Schema>; allOf: Schema[] };
  expect(loss.properties.type!.examples).toEqual(['crossEntropy', 'focal', 'dice', 'sum']);
  const focal = loss.allOf[1] as { if: unknown; then: { properties: Record<string, Schema> } };
  expect(focal.if).toEqual({ properties: { type: { const: 'focal' } }, required: ['type'] });
  expect(Object.keys(focal.then.properties)).toContain('gamma');
  expect(focal.then.properties.gamma!.description).toContain('well-classified');
});
