/** What a keyword's value must be. `schema`, `schemas` and `schemaMap` hold subschemas. */
export type KeywordKind =
  | 'schema' | 'schemas' | 'schemaMap' | 'count' | 'number' | 'positive' | 'names' | 'namesByName' | 'flag' | 'text' | 'list' | 'anything' | 'type' | 'format';

/** JSON Schema 2020-12 without `$vocabulary`, and with `definitions`, which many schemas still use for `$defs`. */
const KEYWORDS: Readonly<Record<string, KeywordKind>> = {
  $schema: 'text', $id: 'text', $anchor: 'text', $dynamicAnchor: 'text', $ref: 'text', $dynamicRef: 'text', $comment: 'text', $defs: 'schemaMap', definitions: 'schemaMap',
  allOf: 'schemas', anyOf: 'schemas', oneOf: 'schemas', not: 'schema', if: 'schema', then: 'schema', else: 'schema', dependentSchemas: 'schemaMap',
  prefixItems: 'schemas', items: 'schema', contains: 'schema', unevaluatedItems: 'schema',
  properties: 'schemaMap', patternProperties: 'schemaMap', additionalProperties: 'schema', propertyNames: 'schema', unevaluatedProperties: 'schema',
  type: 'type', enum: 'list', const: 'anything',
  multipleOf: 'positive', maximum: 'number', exclusiveMaximum: 'number', minimum: 'number', exclusiveMinimum: 'number',
  maxLength: 'count', minLength: 'count', pattern: 'text', format: 'format',
  maxItems: 'count', minItems: 'count', uniqueItems: 'flag', maxContains: 'count', minContains: 'count',
  maxProperties: 'count', minProperties: 'count', required: 'names', dependentRequired: 'namesByName',
  title: 'text', description: 'text', default: 'anything', deprecated: 'flag', readOnly: 'flag', writeOnly: 'flag', examples: 'list',
  contentEncoding: 'text', contentMediaType: 'text', contentSchema: 'schema',
};

/** Undefined: JSON Schema has no such keyword. */
export function kindOf(keyword: string): KeywordKind | undefined {
  return Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
}

/** Applied to the value itself; other subschemas are applied to its members or items, or not at all. */
export const IN_PLACE = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas'] as const;
