import { isObject, isSchema, type JsonObject, type Schema } from './json.js';
import { kindOf } from './keywords.js';
import { checkKeyword } from './keyword-values.js';
import { pointerTo, SchemaError } from './schema-error.js';

/** A part of a document with a base URI of its own: the document itself, or a subschema with `$id`. */
export class Resource {
  readonly anchors = new Map<string, JsonObject>();
  readonly dynamicAnchors = new Map<string, JsonObject>();

  constructor(
    readonly uri: string,
    readonly root: JsonObject,
  ) {}
}

/** Where a schema stands in the document. */
export interface Place {
  /** JSON pointer from the document's root. */
  readonly path: string;
  readonly resource: Resource;
}

export interface Reference {
  readonly target: Schema;
  /** For `$dynamicRef`: the anchor to look for in the resources entered earlier. */
  readonly dynamicAnchor: string | undefined;
}

/** Compiling that many takes some 10 ms. */
const MOST_SCHEMAS = 2_000;
/** A schema without `$id` has this base URI. RFC 2606: it is nobody's. */
const NO_URI = 'schema://schema.invalid/';
const DIALECT = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;
const ANCHOR = /^[A-Za-z_][-A-Za-z0-9._]*$/;

/**
 * All schemas of a document, with their places. References are resolved among them only.
 * @throws SchemaError for keywords that are unknown or have a wrong value
 */
export class SchemaMap {
  private readonly places = new Map<JsonObject, Place>();
  /** By its path: equal booleans are not distinct. */
  private readonly byPath = new Map<string, Schema>();
  private readonly resources = new Map<string, Resource>();
  private readonly root: Resource;

  constructor(document: JsonObject) {
    this.root = this.resourceOf(document, NO_URI, '');
    this.add(document, '', this.root);
  }

  placeOf(schema: JsonObject): Place {
    const place = this.places.get(schema);
    if (place === undefined) throw new Error('The schema is not part of the document');
    return place;
  }

  /** Each subschema comes after the schema that it is a part of. */
  get schemas(): JsonObject[] {
    return [...this.places.keys()];
  }

  get hasDynamicAnchors(): boolean {
    return [...this.resources.values()].some(({ dynamicAnchors }) => dynamicAnchors.size > 0);
  }

  /** @throws SchemaError if the document has no such schema */
  resolve(schema: JsonObject, keyword: '$ref' | '$dynamicRef'): Reference {
    const { path, resource: base } = this.placeOf(schema);
    const at = pointerTo(path, keyword);
    const uri = uriOf(String(schema[keyword]), base.uri, at);
    const fragment = fragmentOf(uri, at);
    uri.hash = '';
    const resource = this.resources.get(uri.href);
    if (resource === undefined) throw new SchemaError(at, 'must not refer to anything outside of this schema: copy what it needs into `$defs`');
    if (fragment === '' || fragment.startsWith('/')) {
      const target = this.byPath.get(this.placeOf(resource.root).path + fragment);
      if (target === undefined) throw new SchemaError(at, `refers to no schema in this document: ${fragment}`);
      return { target, dynamicAnchor: undefined };
    }
    const target = resource.dynamicAnchors.get(fragment) ?? resource.anchors.get(fragment);
    if (target === undefined) throw new SchemaError(at, `refers to an anchor that no schema in this document has: ${fragment}`);
    return { target, dynamicAnchor: keyword === '$dynamicRef' && resource.dynamicAnchors.has(fragment) ? fragment : undefined };
  }

  private add(schema: Schema, path: string, base: Resource): void {
    this.byPath.set(path, schema);
    if (this.byPath.size > MOST_SCHEMAS) throw new SchemaError('', `must have at most ${MOST_SCHEMAS} schemas inside each other and side by side`);
    if (typeof schema === 'boolean') return;
    const resource = path === '' || schema['$id'] === undefined ? base : this.resourceOf(schema, base.uri, path);
    this.places.set(schema, { path, resource });
    for (const [keyword, value] of Object.entries(schema)) {
      checkKeyword(keyword, value, pointerTo(path, keyword));
      this.addSubschemas(keyword, value, pointerTo(path, keyword), resource);
    }
    if (typeof schema['$schema'] === 'string' && !DIALECT.test(schema['$schema'])) {
      throw new SchemaError(pointerTo(path, '$schema'), 'must be https://json-schema.org/draft/2020-12/schema, the only version that is checked here');
    }
    this.addAnchor(resource.anchors, schema, '$anchor', path);
    this.addAnchor(resource.dynamicAnchors, schema, '$dynamicAnchor', path);
  }

  private addSubschemas(keyword: string, value: unknown, path: string, resource: Resource): void {
    const kind = kindOf(keyword);
    if (kind === 'schema' && isSchema(value)) this.add(value, path, resource);
    if (kind === 'schemas' && Array.isArray(value)) value.filter(isSchema).forEach((each, i) => this.add(each, pointerTo(path, i), resource));
    if (kind === 'schemaMap' && isObject(value)) {
      for (const [name, each] of Object.entries(value)) if (isSchema(each)) this.add(each, pointerTo(path, name), resource);
    }
  }

  private resourceOf(root: JsonObject, base: string, path: string): Resource {
    const { $id: id } = root;
    const at = pointerTo(path, '$id');
    const uri = typeof id === 'string' ? uriOf(id, base, at) : new URL(base);
    if (uri.hash !== '') throw new SchemaError(at, 'must have no fragment');
    uri.hash = '';
    if (this.resources.has(uri.href)) throw new SchemaError(at, 'is the $id of two schemas');
    const resource = new Resource(uri.href, root);
    this.resources.set(uri.href, resource);
    return resource;
  }

  private addAnchor(anchors: Map<string, JsonObject>, schema: JsonObject, keyword: '$anchor' | '$dynamicAnchor', path: string): void {
    const name = schema[keyword];
    if (typeof name !== 'string') return;
    if (!ANCHOR.test(name)) throw new SchemaError(pointerTo(path, keyword), 'must be a name: a letter or _, then letters, digits, -, . and _');
    if (anchors.has(name)) throw new SchemaError(pointerTo(path, keyword), 'is the anchor of two schemas');
    anchors.set(name, schema);
  }
}

function uriOf(reference: string, base: string, at: string): URL {
  if (!URL.canParse(reference, base)) throw new SchemaError(at, 'must be a URI reference');
  return new URL(reference, base);
}

function fragmentOf({ hash }: URL, at: string): string {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    throw new SchemaError(at, 'has a fragment that is not percent-encoded UTF-8');
  }
}
