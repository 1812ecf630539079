/** Where a keyword holds subschemas: it is one, a list of them, or an object of them. */
export type KeywordKind = 'schema' | 'schemas' | 'schemaMap' | 'value' | 'annotation';

/** JSON Schema 2020-12 without `$vocabulary` and dynamic references, and with `definitions`, which many schemas still use for `$defs`. */
const KEYWORDS: Readonly<Record<string, KeywordKind>> = {
  $schema: 'annotation', $id: 'annotation', $comment: 'annotation', title: 'annotation', description: 'annotation', default: 'annotation', deprecated: 'annotation',
  readOnly: 'annotation', writeOnly: 'annotation', examples: 'annotation', contentEncoding: 'annotation', contentMediaType: 'annotation', contentSchema: 'annotation',
  $anchor: 'value', $ref: 'value', $defs: 'schemaMap', definitions: 'schemaMap',
  allOf: 'schemas', anyOf: 'schemas', oneOf: 'schemas', not: 'schema', if: 'schema', then: 'schema', else: 'schema', dependentSchemas: 'schemaMap',
  prefixItems: 'schemas', items: 'schema', contains: 'schema', unevaluatedItems: 'schema',
  properties: 'schemaMap', patternProperties: 'schemaMap', additionalProperties: 'schema', propertyNames: 'schema', unevaluatedProperties: 'schema',
  type: 'value', enum: 'value', const: 'value', multipleOf: 'value', maximum: 'value', exclusiveMaximum: 'value', minimum: 'value', exclusiveMinimum: 'value',
  maxLength: 'value', minLength: 'value', pattern: 'value', format: 'value', maxItems: 'value', minItems: 'value', uniqueItems: 'value', maxContains: 'value',
  minContains: 'value', maxProperties: 'value', minProperties: 'value', required: 'value', dependentRequired: 'value',
};
/** Keywords of one's own begin with it. They have no effect. */
const OWN_KEYWORD = /^x-/;

/** Undefined: JSON Schema has no such keyword. */
export function kindOf(keyword: string): KeywordKind | undefined {
  if (Object.hasOwn(KEYWORDS, keyword)) return KEYWORDS[keyword];
  return OWN_KEYWORD.test(keyword) ? 'annotation' : undefined;
}
