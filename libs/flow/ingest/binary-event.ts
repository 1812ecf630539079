import type { IncomingMessage } from 'node:http';
import { checkedAttributes } from '#domain/event-attributes';
import { LockstepError, type ProblemDetail } from '#domain/problem';
import { parseJsonBody } from '#ground/http/json-body';
import { percentDecoded } from './attribute-encoding.js';
import { ATTRIBUTE_NAME, readContext, textProblem } from './cloud-event-context.js';
import type { EventRequest } from './event-request.js';

const PREFIX = 'ce-';
/** RFC 6839, 3.1: also types such as application/vnd.order+json. */
const JSON_TYPE = /^application\/(?:[^;/ ]+\+)?json *(?:;|$)/i;

/**
 * Reads a CloudEvent in the binary mode of the HTTP binding 1.0: its attributes are headers, such as `ce-id`, and the body is
 * its data. They are delivered as they came.
 * @param headers of the request, each with all its values
 * @param headerKey the key of the `Idempotency-Key` header
 * @throws LockstepError `invalid_request`, which names everything that is wrong; `headers_too_large`
 */
export function parseBinaryEvent(headers: IncomingMessage['headersDistinct'], body: Buffer, headerKey?: string): EventRequest {
  const attributes: Record<string, string> = {};
  const context = new Map<string, string>();
  const problems: ProblemDetail[] = [];
  for (const [header, values = []] of Object.entries(headers)) {
    if (!header.startsWith(PREFIX)) continue;
    const name = header.slice(PREFIX.length);
    const [value = ''] = values;
    attributes[header] = value;
    const text = percentDecoded(value);
    const problem = problemOf(name, values, text);
    if (problem !== undefined) problems.push({ path: header, message: problem });
    else if (text !== undefined) context.set(name, text);
  }
  const checked = checkedAttributes(attributes);
  return { ...readContext(context, headerKey, (name) => `${PREFIX}${name}`, problems), attributes: checked, value: jsonOf(headers, body) };
}

/** Undefined if the body does not say that it is JSON, or is not. It is delivered all the same. */
function jsonOf({ 'content-type': [type = ''] = [] }: IncomingMessage['headersDistinct'], body: Buffer): unknown {
  if (!JSON_TYPE.test(type)) return undefined;
  try {
    return parseJsonBody(body);
  } catch (error) {
    if (error instanceof LockstepError) return undefined;
    throw error;
  }
}

function problemOf(name: string, values: readonly string[], text: string | undefined): string | undefined {
  if (!ATTRIBUTE_NAME.test(name)) return 'is no attribute: after `ce-` come letters and digits only';
  if (name === 'datacontenttype') return 'must not be sent: Content-Type says it';
  if (values.length > 1) return 'is given more than once';
  return text === undefined ? 'has percent-encoded bytes that are not UTF-8' : textProblem(text);
}
