import type { IncomingMessage } from 'node:http';
import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseKeyHeader } from '#domain/idempotency-key';
import { toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { EventTypeDirectory } from '#flow/event-types/event-type-directory';
import { IngestLimits } from '#flow/rate-limits/ingest-limits';
import { rateLimitedError, setRateLimitHeaders } from '#flow/rate-limits/rate-limit-headers';
import { Requires } from '#ground/http/access';
import { preferredWaitMs } from '#ground/http/prefer';
import { Rejections } from '#ground/http/rejections';
import { mediaTypeOf } from '#ground/http/streamed-body';
import { Tracing } from '#ground/tracing/tracing';
import { type AcceptedEvent, acceptedJson, settledJson } from './accepted-answer.js';
import { BatchAcceptor, MAX_BATCH_BYTES } from './batch-acceptor.js';
import { BATCH_TYPE, isCloudEvent, readCloudEvent, STRUCTURED_TYPE } from './cloud-event.js';
import { Duplicates } from './duplicates.js';
import { DocumentAcceptEvent } from './ingest.openapi.js';
import { POSTED } from './event-origin.js';
import { parseEventRequest } from './event-request.js';
import { IngestService } from './ingest.service.js';
import { itemReader } from './item-reader.js';
import { SettlementWatch } from './settlement-watch.js';
import { parseStructuredEvent } from './structured-event.js';
import { traceparentOf, tracestateOf, withTracestate } from './traceparent.js';

const PATH = /^\/v1\/events(?:\?|$)/;

/** Below the idle timeout of common load balancers (60 s). */
const LONGEST_WAIT_MS = 30_000;

const JSON_TYPE = 'application/json; charset=utf-8';
const NO_BODY = Buffer.alloc(0);

/**
 * Whether a request that Fastify has not seen yet is for the route below, so that it can be shed unread. A path in
 * another spelling, such as `/v1/%65vents`, is shed later, by `IngestService.accept`.
 */
export function isEventPost({ method, url = '' }: IncomingMessage): boolean {
  return method === 'POST' && PATH.test(url);
}

/** The hot route: it takes request and reply as they are, so that no pipe or interceptor touches the body. */
@Controller('v1/events')
export class IngestController {
  constructor(
    private readonly ingest: IngestService,
    private readonly eventTypes: EventTypeDirectory,
    private readonly limits: IngestLimits,
    private readonly duplicates: Duplicates,
    private readonly settlements: SettlementWatch,
    private readonly rejections: Rejections,
    private readonly batches: BatchAcceptor,
    private readonly tracing: Tracing,
  ) {}

  @Post()
  @Requires('ingest', { takes: isCloudEvent, streamedBodies: { mediaTypes: [BATCH_TYPE], maxBytes: MAX_BATCH_BYTES } })
  @DocumentAcceptEvent()
  async accept(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { headers, principal } = request;
    const isOther = isCloudEvent(headers);
    if (isOther && mediaTypeOf(request) === BATCH_TYPE) return this.acceptBatch(request, reply);
    // A CloudEvent need not have data.
    const body = isOther && request.body === undefined ? NO_BODY : request.body;
    if (!Buffer.isBuffer(body)) throw new LockstepError('unsupported_media_type', 'Send the event as application/json, or a CloudEvent');
    const keyHeader = headers['idempotency-key'];
    const headerKey = keyHeader === undefined ? undefined : parseKeyHeader(String(keyHeader));
    const { type, entity, occurredAt, idempotencyKey, attributes, value } = isOther ? readCloudEvent(request, body, headerKey) : parseEventRequest(body, headerKey);
    const checking = this.eventTypes.check(principal, type, value, body.length);
    if (checking !== undefined) await checking;
    const taking = this.limits.take(principal, 1, body.length);
    const taken = taking instanceof Promise ? await taking : taking;
    setRateLimitHeaders(reply, taken);
    if (taken.granted < 1) throw rateLimitedError(taken);
    const accepted = await this.ingest.accept({
      tenant: principal.tenant,
      origin: POSTED,
      type,
      entity,
      occurredAt,
      idempotencyKey,
      // RFC 9110, 8.3: what a receiver may assume of a body without a type. Only the binary mode has such a body.
      contentType: headers['content-type'] ?? 'application/octet-stream',
      traceparent: traceparentOf(headers),
      attributes: withTracestate(attributes, tracestateOf(headers)),
      acceptedBy: principal.actor.id,
      payload: body,
      receivedAtMs: this.tracing.isOn ? performance.now() - reply.elapsedTime : undefined,
    });
    let requeued = false;
    if (accepted.replayed) {
      this.rejections.noteDuplicate(principal, accepted.id);
      requeued = await this.duplicates.settle({ ...principal, requestId: request.id }, accepted.id);
      reply.header('idempotent-replayed', 'true');
      this.rejections.add(principal, 'duplicate', `${toPublicId('evt', accepted.id)} was accepted with the same idempotency key`);
    }
    const event = { id: accepted.id, acceptedAt: accepted.acceptedAt, type, entity, requeued };
    if (headers['prefer'] !== undefined) return this.answerSettled(reply, principal.tenant, event, preferredWaitMs(headers['prefer'], LONGEST_WAIT_MS));
    void reply.code(202).header('content-type', JSON_TYPE).send(acceptedJson(event));
  }

  /** CloudEvents in one array. Each has its own idempotency key, in its `source` and `id`. */
  private async acceptBatch(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { headers } = request;
    if (headers['idempotency-key'] !== undefined) throw new LockstepError('invalid_idempotency_key', 'The header Idempotency-Key is for single events: those of a batch have `source` and `id`');
    const reader = itemReader(this.eventTypes, parseStructuredEvent, { contentType: STRUCTURED_TYPE, traceparent: traceparentOf(headers), tracestate: tracestateOf(headers) });
    return this.batches.accept(request, reply, 'array', reader);
  }

  /** Answers when the event is settled, or after `waitMs`; at once if too many requests wait. */
  private async answerSettled(reply: FastifyReply, tenant: string, event: AcceptedEvent, waitMs: number): Promise<void> {
    const wait = waitMs === 0 ? undefined : this.settlements.wait(tenant, event.id, waitMs);
    if (wait !== undefined) {
      reply.header('preference-applied', `wait=${waitMs / 1_000}`);
      reply.raw.once('close', () => wait.giveUp());
    }
    const state = await wait?.state;
    void reply.code(state?.settled === true ? 200 : 202).header('content-type', JSON_TYPE).send(state === undefined ? acceptedJson(event) : settledJson(event, state));
  }
}
