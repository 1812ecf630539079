import { LockstepError } from '#domain/problem';
import { parseJsonBody } from '#ground/http/json-body';
import type { FieldSources } from '../field-template.js';
import { textAt } from '../json-pointer.js';
import { isForm } from './form-body.js';
import type { WebhookRequest } from './webhook-provider.js';

/** A request as a source of an event's fields. */
export interface RequestFields extends FieldSources {
  /** The value in which `json:` looks; undefined if there is no JSON. */
  readonly value: () => unknown;
}

/** Where the fields of a source's requests are, besides the requests. */
export interface FieldPlaces {
  readonly known: FieldSources['known'];
  /** The field of form bodies that has a JSON text. Undefined: none. */
  readonly jsonField: string | undefined;
}

/** A JSON text with its value. */
interface Json {
  readonly text: () => string;
  readonly value: unknown;
}

const NO_JSON: Json = { text: () => '', value: undefined };

/** Query and body are parsed when a field asks for them, once. */
export function requestFields({ headers, target, body }: WebhookRequest, { known, jsonField }: FieldPlaces): RequestFields {
  let query: URLSearchParams | undefined;
  let form: URLSearchParams | undefined;
  let json: Json | undefined;
  const fieldOf = (name: string): string | undefined => (form ??= new URLSearchParams(isForm(headers, body) ? body.toString() : '')).get(name) ?? undefined;
  const inBody = (): Json => (json ??= isForm(headers, body) ? jsonOf(Buffer.from((jsonField === undefined ? undefined : fieldOf(jsonField)) ?? '')) : jsonOf(body));
  return {
    known,
    header: (name) => textOf(headers[name]),
    query: (name) => (query ??= queryOf(target)).get(name) ?? undefined,
    form: fieldOf,
    json: (pointer) => textAt(inBody().value, inBody().text, pointer),
    value: () => inBody().value,
  };
}

/** Node joins what is sent several times, except cookies. */
function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}

function queryOf(target: string): URLSearchParams {
  const start = target.indexOf('?');
  return new URLSearchParams(start === -1 ? '' : target.slice(start));
}

function jsonOf(body: Buffer): Json {
  try {
    return body.length === 0 ? NO_JSON : { text: () => body.toString(), value: parseJsonBody(body) };
  } catch (error) {
    if (error instanceof LockstepError) return NO_JSON;
    throw error;
  }
}
