import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { compileSchema } from './compile-schema.js';
import { isObject, type Schema } from './json.js';
import { SchemaError } from './schema-error.js';

interface Group {
  readonly description: string;
  readonly schema: Schema;
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[];
}

const FOLDER = path.join(import.meta.dirname, 'fixtures/json-schema-test-suite');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

/** Of groups that are refused here: their schemas go beyond one document, or describe `__proto__`. */
const REFUSED = /"\$ref":"[^#]|"\$defs":.*"\$id":|"__proto__":\{/;

describe.each(files)('%s of the JSON Schema test suite', (file) => {
  const groups = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Group[];
  it.each(groups.map((group) => [group.description, group] as const))('%s', (_, { schema, tests }) => {
    const document = isObject(schema) ? schema : { allOf: [schema] };
    let compiled;
    try {
      compiled = compileSchema(document);
    } catch (error) {
      expect(error).toBeInstanceOf(SchemaError);
      expect(JSON.stringify(schema)).toMatch(REFUSED);
      return;
    }
    const found = tests.map(({ description, data }) => [description, compiled.faultsOf(data, JSON.stringify(data).length) === undefined]);
    expect(found).toEqual(tests.map(({ description, valid }) => [description, valid]));
  });
});
