import { FORMAT_NAMES } from './formats.js';
import { isObject, isSchema, type JsonObject, type Schema } from './json.js';
import { kindOf } from './keywords.js';
import { Effort } from './pattern/effort.js';
import { compilePattern, type Pattern } from './pattern/pattern.js';
import { pointerTo, SchemaError } from './schema-error.js';

/** A schema that may be compiled. */
export interface VettedSchema {
  /** Without annotations. */
  readonly schema: Schema;
  /** By their source: all patterns of the schema. */
  readonly patterns: ReadonlyMap<string, Pattern>;
  /** Whether keywords depend on what others have looked at, which takes work at each subschema. */
  readonly hasUnevaluated: boolean;
}

/** Code grows with them: compiling that many takes some 150 ms, and at most two thirds of the stack. */
const MOST_SCHEMAS = 300;
/** Of the document as JSON. */
const MOST_LEVELS = 64;
/** References are compiled inside each other, which takes stack. */
const MOST_REFERENCES = 100;
const MOST_TYPES = 7;
/** For all patterns of a schema: some 5 ms, and tables of at most 80 KB. */
const PATTERN_EFFORT = 40_000;

const DIALECT = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;

/**
 * Refuses what JSON Schema 2020-12 does not have or what is not bounded, before anything else looks at the schema. The
 * values of keywords are left to the meta-schema, except those that are checked more strictly here.
 * @throws SchemaError
 */
export function vetSchema(document: JsonObject): VettedSchema {
  checkLevels(document, 1);
  return new Vetting().vet(document);
}

function checkLevels(value: unknown, level: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (level > MOST_LEVELS) throw new SchemaError('', `must have at most ${MOST_LEVELS} levels`);
  for (const member of Object.values(value)) checkLevels(member, level + 1);
}

class Vetting {
  private readonly paths = new Set<string>();
  private readonly patterns = new Map<string, Pattern>();
  private readonly anchors = new Set<string>();
  /** Paths of `$ref`, by their value. */
  private readonly references = new Map<string, string>();
  private readonly effort = new Effort(PATTERN_EFFORT);
  private hasUnevaluated = false;
  private schemas = 0;

  vet(document: JsonObject): VettedSchema {
    const schema = this.vetted(document, '');
    for (const [reference, path] of this.references) this.checkReference(reference, path);
    return { schema, patterns: this.patterns, hasUnevaluated: this.hasUnevaluated };
  }

  private vetted(schema: Schema, path: string): Schema {
    this.paths.add(path);
    this.count();
    if (typeof schema === 'boolean') return schema;
    if (path !== '' && schema['$id'] !== undefined) throw new SchemaError(pointerTo(path, '$id'), 'must only be at the top: give the schema an `$anchor`');
    return Object.fromEntries(Object.entries(schema).flatMap(([keyword, value]) => {
      const at = pointerTo(path, keyword);
      this.checkValue(keyword, value, at);
      const kind = kindOf(keyword);
      if (kind === undefined) throw new SchemaError(at, 'is not a keyword that is supported here; names of your own begin with x-');
      if (kind === 'annotation') return [];
      if (kind === 'schemas' && Array.isArray(value)) return [[keyword, value.map((each: unknown, i) => this.part(each, pointerTo(at, i)))]];
      if (kind === 'schemaMap' && isObject(value)) return [[keyword, this.vettedMap(keyword, value, at)]];
      return [[keyword, kind === 'schema' ? this.part(value, at) : value]];
    }));
  }

  private vettedMap(keyword: string, schemas: JsonObject, path: string): JsonObject {
    return Object.fromEntries(Object.entries(schemas).map(([name, each]) => {
      const at = pointerTo(path, name);
      if (name === '__proto__') throw new SchemaError(at, 'is a name that cannot be described');
      if (keyword === 'patternProperties') this.addPattern(name, at);
      return [name, this.part(each, at)];
    }));
  }

  /** What is no schema is refused by the meta-schema. */
  private part(value: unknown, path: string): unknown {
    return isSchema(value) ? this.vetted(value, path) : value;
  }

  private checkValue(keyword: string, value: unknown, path: string): void {
    if (keyword.startsWith('unevaluated')) this.hasUnevaluated = true;
    // The meta-schema compares each with each.
    if (keyword === 'type' && Array.isArray(value) && value.length > MOST_TYPES) throw new SchemaError(path, `must have at most ${MOST_TYPES} types`);
    // Each name of it becomes as much code as a schema.
    if (keyword === 'dependentRequired' && isObject(value)) Object.keys(value).forEach(() => this.count());
    if (typeof value !== 'string') return;
    if (keyword === '$schema' && !DIALECT.test(value)) throw new SchemaError(path, 'must be https://json-schema.org/draft/2020-12/schema, the only version that is checked here');
    if (keyword === 'format' && !FORMAT_NAMES.some((name) => name === value)) throw new SchemaError(path, `must be a format that is checked here: ${FORMAT_NAMES.join(', ')}`);
    if (keyword === 'pattern') this.addPattern(value, path);
    if (keyword === '$anchor') this.addAnchor(value, path);
    if (keyword === '$ref') this.addReference(value, path);
  }

  private count(): void {
    if (++this.schemas > MOST_SCHEMAS) throw new SchemaError('', `must have at most ${MOST_SCHEMAS} schemas inside each other and side by side`);
  }

  private addPattern(source: string, path: string): void {
    if (!this.patterns.has(source)) this.patterns.set(source, compilePattern(source, path, this.effort));
  }

  private addAnchor(anchor: string, path: string): void {
    if (this.anchors.has(anchor)) throw new SchemaError(path, 'is the anchor of two schemas');
    this.anchors.add(anchor);
  }

  private addReference(reference: string, path: string): void {
    if (!reference.startsWith('#')) throw new SchemaError(path, 'must be # or #/$defs/name or #anchor: nothing outside of this schema is read');
    if (!this.references.has(reference)) this.references.set(reference, path);
    if (this.references.size > MOST_REFERENCES) throw new SchemaError(path, `is the ${MOST_REFERENCES + 1}th reference; a schema may have ${MOST_REFERENCES} different ones`);
  }

  /** A pointer may lead to something that is no schema. */
  private checkReference(reference: string, path: string): void {
    const target = unescaped(reference.slice(1), path);
    if (!this.paths.has(target) && !this.anchors.has(target)) throw new SchemaError(path, `refers to no schema in this document: ${target}`);
  }
}

function unescaped(fragment: string, path: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch (error) {
    if (error instanceof URIError) throw new SchemaError(path, 'has a fragment that is not well-formed');
    throw error;
  }
}
