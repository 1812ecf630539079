import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { LockstepError } from '#domain/problem';
import { toLockstepError } from '#ground/http/problem';
import type { Offer, Settlement, StoredResponse } from './claim.js';
import { problemOf, supersededProblem } from './claim-problem.js';
import { fingerprintOf } from './fingerprint.js';
import { idempotentRequests } from './idempotency.metrics.js';
import { IdempotencyService, isStoreAway } from './idempotency.service.js';
import { IDEMPOTENT, type IdempotentOptions, TRANSACTIONS } from './idempotent-options.js';
import { IdempotentTransactions, type Worked } from './idempotent-transactions.js';
import { keyIn, REQUEST_KEY_HEADERS } from './key-headers.js';
import { preferredWaitMs } from './prefer.js';
import { replayHeaders } from './replay.js';
import { keptHeaders, settledState } from './response-policy.js';
import { principalIn, principalOf, scopeOf } from './scope.js';
import { inTime } from './store-patience.js';

export interface IdempotencyDefaults {
  readonly leaseMs: number;
  readonly retentionMs: number;
}

export const IDEMPOTENCY_DEFAULTS = Symbol('IDEMPOTENCY_DEFAULTS');

/** Larger answers are given and not kept. */
export const MOST_KEPT_BYTES = 1_048_576;

/** What `@Idempotent` does. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly service: IdempotencyService,
    private readonly transactions: IdempotentTransactions,
    @Inject(IDEMPOTENCY_DEFAULTS) private readonly defaults: IdempotencyDefaults,
  ) {}

  /** @throws LockstepError invalid_idempotency_key, idempotency_key_required, or what stands in the request's way */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const options = this.reflector.get<IdempotentOptions>(IDEMPOTENT, context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const key = keyIn(request.headers, REQUEST_KEY_HEADERS);
    if (key === undefined) {
      if (options.keyRequired === false && options.transaction !== true) return next.handle();
      throw new LockstepError('idempotency_key_required', 'Send an Idempotency-Key header: one value for this request and all its repeats');
    }
    const offer = this.offerOf(request, key, options);
    const handle = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    const body = options.transaction === true ? await this.inTransaction(offer, request, reply, handle) : await this.claimed(offer, request, reply, handle, options.failOpen === true);
    return of(body);
  }

  private offerOf(request: FastifyRequest, key: string, options: IdempotentOptions): Offer {
    const { method, url, headers, routeOptions } = request;
    const tenant = (request as { tenant?: string }).tenant ?? 'default';
    const principal = options.principal === undefined ? principalIn(headers) : principalOf([options.principal(request)]);
    return {
      tenant,
      scope: scopeOf({ tenant, principal, method, route: routeOptions.url ?? url }),
      key,
      fingerprint: fingerprintOf({ method, url, contentType: headers['content-type'], body: rawBodyOf(request) }),
      leaseMs: options.leaseMs ?? this.defaults.leaseMs,
      retentionMs: options.retentionMs ?? this.defaults.retentionMs,
      takeover: options.takeover ?? 'never',
    };
  }

  private async claimed(offer: Offer, request: FastifyRequest, reply: FastifyReply, handle: () => Promise<unknown>, failOpen: boolean): Promise<Buffer> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const outcome = await this.service.claim(offer, { waitMs: preferredWaitMs(request.headers['prefer']), signal: gone.signal }).catch((error: unknown) => {
      if (!failOpen || !isStoreAway(error)) throw error;
      idempotentRequests.inc({ outcome: 'unprotected' });
      return undefined;
    });
    if (outcome === undefined) return answerOf(await handle(), reply).body;
    if (outcome.kind === 'replay') return replay(outcome.response, outcome.ageMs, reply);
    if (outcome.kind !== 'claimed') throw problemOf(outcome);
    const withdraw = withdrawal(reply);
    const { result, settlement } = await worked(handle, reply);
    // Done is done: a store that is away delays the answer only so far, and gets it when it is back.
    const verdict = await inTime(this.service.settle(outcome.claim, settlement));
    if (verdict === 'superseded') {
      withdraw();
      throw supersededProblem();
    }
    return result();
  }

  private async inTransaction(offer: Offer, request: FastifyRequest, reply: FastifyReply, handle: () => Promise<unknown>): Promise<Buffer> {
    const withdraw = withdrawal(reply);
    let own: Error | undefined;
    const outcome = await this.transactions.run(offer, async (client) => {
      TRANSACTIONS.set(request, client);
      const done = await worked(handle, reply);
      own = done.error;
      // An error rolls back whatever it was: what the handler had written must not be committed with it.
      if (own !== undefined) throw own;
      return done;
    }).catch((error: unknown) => {
      if (error !== own) withdraw();
      throw error;
    });
    if (outcome.kind === 'replay') return replay(outcome.response, outcome.ageMs, reply);
    if (outcome.kind !== 'done') throw problemOf(outcome);
    return outcome.result();
  }
}

/**
 * The body as it was sent: two requests with one key must not pass for one because nobody looked at their bodies.
 * @throws Error where only a parsed body is left
 */
function rawBodyOf(request: FastifyRequest): Buffer {
  const { rawBody, body } = request as { rawBody?: unknown; body: unknown };
  for (const raw of [rawBody, body]) {
    if (Buffer.isBuffer(raw)) return raw;
    if (typeof raw === 'string') return Buffer.from(raw);
  }
  if (body === undefined || body === null) return Buffer.alloc(0);
  throw new Error('@Idempotent needs the bytes of the body: create the app with createHttpApp, or with `rawBody: true`');
}

/** Takes back the headers that are set from now on: what a handler says of its answer must not be said of another one. */
function withdrawal(reply: FastifyReply): () => void {
  const before = new Set(Object.keys(reply.getHeaders()));
  return () => {
    for (const name of Object.keys(reply.getHeaders())) if (!before.has(name)) reply.removeHeader(name);
  };
}

/** Runs the handler, and says what of its answer, or error, is stored. `result` gives the answer, or throws the error. */
async function worked(handle: () => Promise<unknown>, reply: FastifyReply): Promise<Worked<() => Buffer> & { readonly error?: Error }> {
  try {
    const answer = answerOf(await handle(), reply);
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
      settlement: settlementOf({ status: problem.status, headers, body: Buffer.from(JSON.stringify(problem.toProblem())) }),
    };
  }
}

function settlementOf({ status, headers, body }: StoredResponse): Extract<Settlement, { state: 'completed' | 'failed' }> {
  if (settledState(status, 'request') === 'failed') return { state: 'failed' };
  return { state: 'completed', status, headers: keptHeaders(headers, Date.now()), body: body.length > MOST_KEPT_BYTES ? undefined : body };
}

/** The handler's value as the bytes that are sent now and at every replay. */
function answerOf(value: unknown, reply: FastifyReply): StoredResponse {
  const body = Buffer.isBuffer(value) ? value : Buffer.from(value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value));
  if (body.length > 0 && reply.getHeader('content-type') === undefined) {
    reply.header('content-type', Buffer.isBuffer(value) ? 'application/octet-stream' : typeof value === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8');
  }
  const headers = Object.entries(reply.getHeaders()).flatMap(([name, each]) => [each ?? []].flat().flatMap((text) => [name.toLowerCase(), String(text)]));
  return { status: reply.statusCode, headers, body };
}

function replay({ status, headers, body }: StoredResponse, ageMs: number, reply: FastifyReply): Buffer {
  const fields = replayHeaders(headers, ageMs);
  const values = new Map<string, string[]>();
  for (let i = 0; i < fields.length; i += 2) {
    const { [i]: name = '', [i + 1]: value = '' } = fields;
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  // All of one name at once: the next one takes the place of the one before.
  for (const [name, all] of values) reply.header(name, all.length === 1 ? all[0] : all);
  reply.code(status);
  return body;
}
