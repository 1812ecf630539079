import { formatCheck, FORMAT_NAMES } from './formats.js';
import { isObject, isSchema } from './json.js';
import { kindOf, type KeywordKind } from './keywords.js';
import { pointerTo, SchemaError } from './schema-error.js';

const TYPES: readonly unknown[] = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];
/** Keywords of one's own begin with it. They are kept, and have no effect. */
const OWN_KEYWORD = /^x-/;

/** @throws SchemaError if there is no such keyword, or if it cannot have this value. Does not look into subschemas. */
export function checkKeyword(keyword: string, value: unknown, path: string): void {
  const kind = kindOf(keyword);
  if (kind !== undefined) return checkValue(kind, value, path);
  if (!OWN_KEYWORD.test(keyword)) throw new SchemaError(path, 'is not a keyword of JSON Schema 2020-12; names of your own begin with x-');
}

function checkValue(kind: KeywordKind, value: unknown, path: string): void {
  switch (kind) {
    case 'schema':
      return expects(isSchema(value), path, 'must be a schema: an object, true or false');
    case 'schemas':
      return expects(Array.isArray(value) && value.length > 0 && value.every(isSchema), path, 'must be a list of one or more schemas');
    case 'schemaMap':
      expects(isObject(value), path, 'must be an object of schemas');
      if (isObject(value)) for (const [name, each] of Object.entries(value)) checkNamed(name, each, path);
      return;
    case 'count':
      return expects(typeof value === 'number' && Number.isInteger(value) && value >= 0, path, 'must be a whole number from 0');
    case 'number':
      return expects(Number.isFinite(value), path, 'must be a number');
    case 'positive':
      return expects(typeof value === 'number' && Number.isFinite(value) && value > 0, path, 'must be a number greater than 0');
    case 'names':
      return expects(isNames(value), path, 'must be a list of names, each once');
    case 'namesByName':
      return expects(isObject(value) && Object.values(value).every(isNames), path, 'must be an object of lists of names, each once');
    case 'flag':
      return expects(typeof value === 'boolean', path, 'must be true or false');
    case 'text':
      return expects(typeof value === 'string', path, 'must be a text');
    case 'list':
      return expects(Array.isArray(value), path, 'must be a list');
    case 'anything':
      return;
    case 'type':
      return expects(isTypes(value), path, `must be one of ${TYPES.join(', ')}, or a list of these, each once`);
    case 'format':
      return expects(typeof value === 'string' && formatCheck(value) !== undefined, path, `must be a format that is checked here: ${FORMAT_NAMES.join(', ')}`);
  }
}

function checkNamed(name: string, value: unknown, path: string): void {
  expects(isSchema(value), pointerTo(path, name), 'must be a schema: an object, true or false');
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') && new Set(value).size === value.length;
}

function isTypes(value: unknown): boolean {
  if (!Array.isArray(value)) return TYPES.includes(value);
  return value.length > 0 && value.every((each) => TYPES.includes(each)) && new Set(value).size === value.length;
}

function expects(holds: boolean, path: string, message: string): void {
  if (!holds) throw new SchemaError(path, message);
}
