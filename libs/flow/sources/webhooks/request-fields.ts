import { LockstepError } from '#domain/problem';
import { parseJsonBody } from '#ground/http/json-body';
import type { FieldSources } from '../field-template.js';
import { textAt } from '../json-pointer.js';
import type { WebhookRequest } from './webhook-provider.js';

const FORM = /^application\/x-www-form-urlencoded *(?:;|$)/i;

/** A request as a source of an event's fields. */
export interface RequestFields extends FieldSources {
  /** The body's value; undefined if it is not JSON. */
  readonly body: () => unknown;
}

/** Query and body are parsed when a field asks for them, once. @param known fields of the source, such as `source:name` */
export function requestFields({ headers, target, body }: WebhookRequest, known: FieldSources['known']): RequestFields {
  let query: URLSearchParams | undefined;
  let form: URLSearchParams | undefined;
  let parsed: { readonly value: unknown } | undefined;
  const valueOf = (): unknown => (parsed ??= { value: jsonOf(body) }).value;
  return {
    known,
    body: valueOf,
    header: (name) => textOf(headers[name]),
    query: (name) => (query ??= queryOf(target)).get(name) ?? undefined,
    form: (name) => (form ??= new URLSearchParams(FORM.test(headers['content-type'] ?? '') ? body.toString() : '')).get(name) ?? undefined,
    json: (pointer) => textAt(valueOf(), () => body.toString(), pointer),
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

function jsonOf(body: Buffer): unknown {
  try {
    return body.length === 0 ? undefined : parseJsonBody(body);
  } catch (error) {
    if (error instanceof LockstepError) return undefined;
    throw error;
  }
}
