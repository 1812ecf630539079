import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LockstepError } from '#domain/problem';
import { preferredWaitMs } from '#ground/http/prefer';
import { Lifetime } from '#ground/process/lifetime';
import { InjectConfig } from '#ground/process/process-context';
import type { Claim, ClaimOutcome, KeyedRequest, Settlement, StoredResponse, Verdict } from '#idempotency/claim';
import { problemOf } from '#idempotency/claim-problem';
import { fingerprintOf } from '#idempotency/fingerprint';
import { countRequest } from '#idempotency/idempotency.metrics';
import { IdempotencyService, isStoreAway } from '#idempotency/idempotency.service';
import { replayHeaders } from '#idempotency/replay';
import { ANONYMOUS, principalIn, scopeOf } from '#idempotency/scope';
import { ClientResponse } from './client-response.js';
import { forwardedHeaders } from './forwarded-headers.js';
import { HeldBytes } from './held-bytes.js';
import { forwardKeyed } from './keyed-exchange.js';
import { LaneOrder } from './lane-order.js';
import { passThrough } from './pass-through.js';
import type { ProxyConfig, ProxyRoute } from './proxy-config.js';
import { declaredLength, hasBody, readBody } from './request-body.js';
import { keyOf } from './request-key.js';
import { RouteTable } from './route-table.js';
import { Upstream, type UpstreamRequest } from './upstream.js';

/** RFC 9110, 9.2.2. */
const IDEMPOTENT_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Handles each request: passes it on, forwards it under a claim, or replays the stored answer. */
@Injectable()
export class ForwardingService {
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    @InjectConfig() private readonly config: Pick<ProxyConfig, 'maxBodyBytes'>,
    private readonly lifetime: Lifetime,
    private readonly routes: RouteTable,
    private readonly upstream: Upstream,
    private readonly idempotency: IdempotencyService,
    private readonly laneOrder: LaneOrder,
    private readonly held: HeldBytes,
  ) {}

  /** @throws LockstepError while no byte was sent */
  async forward(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const forwarding = this.forwardNow(request, reply);
    this.underWay.add(forwarding);
    try {
      await forwarding;
    } finally {
      this.underWay.delete(forwarding);
    }
  }

  /** Resolves when all requests have ended, including those of clients that have left. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.underWay);
  }

  private async forwardNow(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { method, url = '' } = request.raw;
    // Absolute URLs and `*` are for proxies that the client has chosen (RFC 9112, 3.2).
    if (method === undefined || !url.startsWith('/')) throw new LockstepError('invalid_request', 'The request must name a path');
    const route = this.routes.of(method, url);
    const key = keyOf(request.headers, route);
    if (key === undefined) return this.forwardPlain(request, reply, route);
    if (this.held.full) throw new LockstepError('overloaded', 'Too many requests with an idempotency key are in progress; try again shortly', { retryAfterSeconds: 1 });
    const body = await readBody(request.raw, this.config.maxBodyBytes).catch((error: unknown) => {
      // A connection with unread request bytes cannot be used again.
      reply.header('connection', 'close');
      throw error;
    });
    this.held.addRequest(body.length);
    try {
      await this.forwardOnce(request, reply, route, { key, body });
    } finally {
      this.held.removeRequest(body.length);
    }
  }

  private forwardPlain(request: FastifyRequest, reply: FastifyReply, route: ProxyRoute): Promise<void> {
    const { raw } = request;
    const body = hasBody(raw) ? { stream: raw, length: declaredLength(raw) } : undefined;
    // A body that was streamed is gone.
    const isRepeatable = body === undefined && IDEMPOTENT_METHODS.has(raw.method);
    return passThrough(this.upstream, upstreamRequestOf(request, route, body, isRepeatable), reply);
  }

  private async forwardOnce(request: FastifyRequest, reply: FastifyReply, route: ProxyRoute, { key, body }: { key: string; body: Buffer }): Promise<void> {
    const { upstream, idempotency } = this;
    const keyed = keyedRequestOf(request, route, key, body);
    const outcome = await this.claim(keyed, request, reply, route.failOpen);
    // Never sent twice, whatever its method: with its key, it reaches the backend once.
    const forwarded = upstreamRequestOf(request, route, body, false);
    switch (outcome.kind) {
      case 'unprotected':
        return passThrough(upstream, forwarded, reply);
      case 'replay':
        return this.replay(outcome.response, outcome.ageMs, request, reply);
      case 'claimed': {
        const position = route.refuseRegressed ? await this.laneOrder.enter(request.headers, keyed, outcome.claim) : undefined;
        const settle = (claim: Claim, settlement: Settlement): Promise<Verdict> =>
          position === undefined ? idempotency.settle(claim, settlement) : this.laneOrder.settle(position, claim, settlement);
        return forwardKeyed(upstream, { claim: outcome.claim, route, request: forwarded, reply, settle, inTime: (stored) => idempotency.inTime(stored), held: this.held });
      }
      case 'in_flight':
      case 'mismatch':
      case 'indeterminate':
      case 'response_not_kept':
      case 'response_away':
        throw problemOf(outcome);
    }
  }

  private async claim(keyed: KeyedRequest, request: FastifyRequest, reply: FastifyReply, failOpen: boolean): Promise<ClaimOutcome | { readonly kind: 'unprotected' }> {
    try {
      if (!this.lifetime.hasStarted) throw new LockstepError('store_unavailable', 'The proxy is starting and cannot reach Postgres yet', { retryAfterSeconds: 1 });
      const waitMs = preferredWaitMs(request.headers['prefer']);
      if (waitMs === 0) return await this.idempotency.claim(keyed);
      const left = new AbortController();
      reply.raw.once('close', () => left.abort());
      return await this.idempotency.claim(keyed, { waitMs, signal: left.signal });
    } catch (error) {
      if (!failOpen || !isStoreAway(error)) throw error;
      countRequest(keyed.operation, 'unprotected');
      return { kind: 'unprotected' };
    }
  }

  private replay({ status, headers, body }: StoredResponse, ageMs: number, { raw }: FastifyRequest, reply: FastifyReply): void {
    const fields = replayHeaders(headers, ageMs);
    const bodyless = raw.method === 'HEAD' || status === 204 || status === 304;
    if (!bodyless && !fields.includes('content-length')) fields.push('content-length', String(body.length));
    const client = new ClientResponse(reply);
    this.held.addAnswer(body.length);
    void client.closed.then(() => this.held.removeAnswer(body.length));
    client.head(status, fields);
    client.end(bodyless ? undefined : body);
  }
}

function keyedRequestOf({ raw, headers }: FastifyRequest, route: ProxyRoute, key: string, body: Buffer): KeyedRequest {
  const { method = '', url = '' } = raw;
  // The key identifies the sender of a webhook. Its signature differs in each attempt.
  const principal = route.mode === 'webhook' ? ANONYMOUS : principalIn(headers, route.principal);
  return {
    tenant: route.tenant,
    operation: `${method} ${route.path}`,
    scope: scopeOf({ tenant: route.tenant, principal, method, route: route.path }),
    key,
    fingerprint: fingerprintOf({ method, url, contentType: headers['content-type'], body }),
    leaseMs: route.leaseMs,
    retentionMs: route.retentionMs,
    takeover: route.takeover,
  };
}

function upstreamRequestOf({ raw, headers, socket }: FastifyRequest, route: ProxyRoute, body: UpstreamRequest['body'], isRepeatable: boolean): UpstreamRequest {
  const forwarded = (name: string): string | undefined => headers[`x-forwarded-${name}`]?.toString();
  return {
    method: raw.method ?? 'GET',
    url: raw.url ?? '/',
    headers: forwardedHeaders({
      rawHeaders: raw.rawHeaders,
      connection: headers.connection,
      host: headers.host,
      forwardedFor: forwarded('for'),
      forwardedHost: forwarded('host'),
      forwardedProto: forwarded('proto'),
      remoteAddress: socket.remoteAddress,
    }),
    body: Buffer.isBuffer(body) && body.length === 0 ? undefined : body,
    isRepeatable,
    timeoutMs: route.timeoutMs,
  };
}
