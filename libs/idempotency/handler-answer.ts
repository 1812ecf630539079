import type { FastifyReply } from 'fastify';
import { problemDocument, toLockstepError } from '#ground/http/problem';
import type { Settlement, StoredResponse } from './claim.js';
import type { Worked } from './idempotent-transactions.js';
import { replayHeaders } from './replay.js';
import { keptHeaders, settledState } from './response-policy.js';

/** Larger answers are sent and not kept. */
export const MAX_KEPT_BYTES = 1_048_576;

/** What a handler did: what is stored of it, and the bytes to send. `result` throws the handler's error. */
export type Handled = Worked<() => Buffer> & { readonly error?: Error };

/** Runs a handler. Never throws. */
export async function runHandler(handler: () => Promise<unknown>, reply: FastifyReply): Promise<Handled> {
  try {
    const answer = answerOf(await handler(), reply);
    return { result: () => answer.body, settlement: settlementOf(answer) };
  } catch (thrown) {
    const problem = toLockstepError(thrown);
    const headers = ['content-type', 'application/problem+json', ...(problem.retryAfterSeconds === undefined ? [] : ['retry-after', String(problem.retryAfterSeconds)])];
    const error = thrown instanceof Error ? thrown : problem;
    return {
      error,
      result: () => {
        throw error;
      },
      settlement: settlementOf({ status: problem.status, headers, body: problemDocument(reply, problem) }),
    };
  }
}

/** The handler's value as the bytes that are sent now and at every replay; sets their content type. */
export function answerOf(value: unknown, reply: FastifyReply): StoredResponse {
  const body = Buffer.isBuffer(value) ? value : Buffer.from(value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value));
  if (body.length > 0 && reply.getHeader('content-type') === undefined) {
    reply.header('content-type', Buffer.isBuffer(value) ? 'application/octet-stream' : typeof value === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8');
  }
  const headers = Object.entries(reply.getHeaders()).flatMap(([name, each]) => [each ?? []].flat().flatMap((text) => [name.toLowerCase(), String(text)]));
  return { status: reply.statusCode, headers, body };
}

/** Sets status and headers of a stored answer, and returns its body. */
export function replay({ status, headers, body }: StoredResponse, ageMs: number, reply: FastifyReply): Buffer {
  const fields = replayHeaders(headers, ageMs);
  const values = new Map<string, string[]>();
  for (let i = 0; i < fields.length; i += 2) {
    const { [i]: name = '', [i + 1]: value = '' } = fields;
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  // All values of a name at once: Fastify replaces a header that is set again.
  for (const [name, all] of values) reply.header(name, all.length === 1 ? all[0] : all);
  reply.code(status);
  return body;
}

/** Returns a function that removes the headers set after this call: they describe an answer that is not sent. */
export function rememberHeaders(reply: FastifyReply): () => void {
  const before = new Set(Object.keys(reply.getHeaders()));
  return () => {
    for (const name of Object.keys(reply.getHeaders())) if (!before.has(name)) reply.removeHeader(name);
  };
}

function settlementOf({ status, headers, body }: StoredResponse): Extract<Settlement, { state: 'completed' | 'failed' }> {
  if (settledState(status, 'request') === 'failed') return { state: 'failed' };
  return { state: 'completed', status, headers: keptHeaders(headers, Date.now()), body: body.length > MAX_KEPT_BYTES ? undefined : body };
}
