import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { LockstepError } from '#domain/problem';
import { preferredWaitMs } from '#ground/http/prefer';
import type { KeyedRequest } from './claim.js';
import { problemOf, supersededProblem } from './claim-problem.js';
import { fingerprintOf } from './fingerprint.js';
import { answerOf, rememberHeaders, replay, runHandler } from './handler-answer.js';
import { countRequest } from './idempotency.metrics.js';
import { IDEMPOTENCY_OPTIONS, type IdempotencyOptions } from './idempotency-options.js';
import { IdempotencyService, isStoreAway } from './idempotency.service.js';
import { IDEMPOTENT, type IdempotentOptions, TRANSACTIONS } from './idempotent-options.js';
import { IdempotentTransactions } from './idempotent-transactions.js';
import { keyIn, REQUEST_KEY_HEADERS } from './key-headers.js';
import { principalIn, principalOf, scopeOf } from './scope.js';

/** One call of a handler. */
interface Call {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly keyed: KeyedRequest;
  readonly handler: () => Promise<unknown>;
}

/** Implements `@Idempotent`. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly tenantOf: NonNullable<IdempotencyOptions['tenantOf']>;

  /** @throws Error where the app does not say whose requests they are */
  constructor(
    private readonly reflector: Reflector,
    private readonly service: IdempotencyService,
    private readonly transactions: IdempotentTransactions,
    @Inject(IDEMPOTENCY_OPTIONS) private readonly defaults: IdempotencyOptions,
  ) {
    if (defaults.tenantOf === undefined) throw new Error('@Idempotent needs to know whose request it is: give IdempotencyModule the option `tenantOf`');
    this.tenantOf = defaults.tenantOf;
  }

  /** @throws LockstepError invalid_idempotency_key, idempotency_key_required, or the problem of a claim that was refused */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const options = this.reflector.get<IdempotentOptions>(IDEMPOTENT, context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const key = keyIn(request.headers, REQUEST_KEY_HEADERS);
    if (key === undefined) {
      if (options.keyRequired === false && options.transaction !== true) return next.handle();
      throw new LockstepError('idempotency_key_required', 'Send an Idempotency-Key header: one value for this request and all its repeats');
    }
    const call: Call = {
      request,
      reply: http.getResponse<FastifyReply>(),
      keyed: this.keyedOf(request, key, options),
      handler: () => lastValueFrom(next.handle(), { defaultValue: undefined }),
    };
    return of(options.transaction === true ? await this.inTransaction(call) : await this.underClaim(call, options.failOpen === true));
  }

  private keyedOf(request: FastifyRequest, key: string, options: IdempotentOptions): KeyedRequest {
    const { method, url, headers, routeOptions } = request;
    const tenant = this.tenantOf(request);
    const principal = options.principal === undefined ? principalIn(headers) : principalOf([options.principal(request)]);
    const route = routeOptions.url ?? url;
    return {
      tenant,
      operation: `${method} ${route}`,
      scope: scopeOf({ tenant, principal, method, route }),
      key,
      fingerprint: fingerprintOf({ method, url, contentType: headers['content-type'], body: rawBodyOf(request) }),
      leaseMs: options.leaseMs ?? this.defaults.leaseMs,
      retentionMs: options.retentionMs ?? this.defaults.retentionMs,
      takeover: options.takeover ?? 'never',
    };
  }

  private async underClaim({ request, reply, keyed, handler }: Call, failOpen: boolean): Promise<Buffer> {
    const left = new AbortController();
    reply.raw.once('close', () => left.abort());
    const outcome = await this.service.claim(keyed, { waitMs: preferredWaitMs(request.headers['prefer']), signal: left.signal }).catch((error: unknown) => {
      if (!failOpen || !isStoreAway(error)) throw error;
      countRequest(keyed.operation, 'unprotected');
      return undefined;
    });
    if (outcome === undefined) return answerOf(await handler(), reply).body;
    if (outcome.kind === 'replay') return replay(outcome.response, outcome.ageMs, reply);
    if (outcome.kind !== 'claimed') throw problemOf(outcome);
    const restoreHeaders = rememberHeaders(reply);
    const { result, settlement } = await runHandler(handler, reply);
    // The work is done. While Postgres is away the client waits only so long for its answer, which is stored later.
    const verdict = await this.service.inTime(this.service.settle(outcome.claim, settlement));
    if (verdict === 'superseded') {
      restoreHeaders();
      throw supersededProblem();
    }
    return result();
  }

  private async inTransaction({ request, reply, keyed, handler }: Call): Promise<Buffer> {
    const restoreHeaders = rememberHeaders(reply);
    let handlersError: Error | undefined;
    const outcome = await this.transactions.run(keyed, async (client) => {
      TRANSACTIONS.set(request, client);
      const handled = await runHandler(handler, reply);
      handlersError = handled.error;
      // Any error rolls back, a 4xx too: the handler's rows must not be committed with it.
      if (handlersError !== undefined) throw handlersError;
      return handled;
    }).catch((error: unknown) => {
      if (error !== handlersError) restoreHeaders();
      throw error;
    });
    if (outcome.kind === 'replay') return replay(outcome.response, outcome.ageMs, reply);
    if (outcome.kind !== 'done') throw problemOf(outcome);
    return outcome.result();
  }
}

/**
 * The bytes of the body. With a parsed body, two different requests under one key could look the same.
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
