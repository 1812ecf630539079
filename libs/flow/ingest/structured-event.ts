import type { EventAttributes } from '#domain/event-attributes';
import type { ProblemDetail } from '#domain/problem';
import { parseJsonBody } from '#ground/http/json-body';
import { percentEncoded } from './attribute-encoding.js';
import { ATTRIBUTE_NAME, readContext, textProblem } from './cloud-event-context.js';
import { type EventRequest, invalid, MOST_PROBLEMS } from './event-request.js';

/** Members of the JSON format that are no attributes. */
const DATA = ['data', 'data_base64'];
/** Attributes that are texts. An extension may be a boolean or an integer, too. */
const TEXTS: ReadonlySet<string> = new Set(['specversion', 'id', 'source', 'type', 'time', 'subject', 'datacontenttype', 'dataschema', 'partitionkey']);
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const LARGEST_INTEGER = 2_147_483_647;

/**
 * Reads a CloudEvent in the JSON format 1.0, such as `{"specversion":"1.0","id":"1","source":"/orders","type":"order.created",
 * "subject":"order-17","data":{}}`. It is delivered unchanged, so it has no attributes besides.
 * @param body one event: a whole body, or an item of a batch
 * @param headerKey the key of the `Idempotency-Key` header
 * @param complete adds what is known besides to the attributes that are read here
 * @throws LockstepError `invalid_request`, which names everything that is wrong
 */
export function parseStructuredEvent(body: Buffer, headerKey?: string, complete?: (context: Map<string, string>) => void): EventRequest {
  const value = parseJsonBody(body);
  if (!isObject(value)) throw invalid([{ path: '', message: 'the body must be a CloudEvent: a JSON object' }]);
  const problems: ProblemDetail[] = [];
  const context = contextOf(value, problems);
  const { data, data_base64: base64 } = value;
  if (base64 !== undefined && base64 !== null) {
    if (typeof base64 !== 'string' || !BASE64.test(base64)) problems.push({ path: '/data_base64', message: 'must be a text in base64' });
    if (data !== undefined) problems.push({ path: '/data_base64', message: 'must not stand beside `data`' });
  }
  complete?.(context);
  return { ...readContext(context, headerKey, pointerTo, problems), attributes: undefined, value };
}

/** The attributes of an accepted event in the JSON format, as the headers that it would have in the binary mode. */
export function structuredAttributes(payload: Buffer): EventAttributes {
  const value = parseJsonBody(payload);
  const context = isObject(value) ? contextOf(value, []) : new Map<string, string>();
  return Object.fromEntries([...context].filter(([name]) => name !== 'datacontenttype').map(([name, text]) => [`ce-${name}`, percentEncoded(text)]));
}

/** A member that is null counts as absent (JSON format 1.0.2, 2.2). */
function contextOf(value: Readonly<Record<string, unknown>>, problems: ProblemDetail[]): Map<string, string> {
  const context = new Map<string, string>();
  for (const [name, member] of Object.entries(value)) {
    // One more than are named says that there are more.
    if (problems.length > MOST_PROBLEMS) break;
    if (DATA.includes(name) || member === null) continue;
    const text = textOf(name, member);
    const problem = ATTRIBUTE_NAME.test(name) ? (text === undefined ? typeProblem(name) : textProblem(text)) : 'is no attribute name: lower-case letters and digits only';
    if (problem !== undefined) problems.push({ path: pointerTo(name), message: problem });
    else if (text !== undefined) context.set(name, text);
  }
  return context;
}

function textOf(name: string, member: unknown): string | undefined {
  if (typeof member === 'string') return member;
  if (TEXTS.has(name)) return undefined;
  const isInteger = typeof member === 'number' && Number.isInteger(member) && member >= -LARGEST_INTEGER - 1 && member <= LARGEST_INTEGER;
  return isInteger || typeof member === 'boolean' ? String(member) : undefined;
}

function typeProblem(name: string): string {
  return TEXTS.has(name) ? 'must be a string' : 'must be a string, a boolean or a 32-bit integer';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 6901. */
function pointerTo(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
