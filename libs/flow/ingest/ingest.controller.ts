import type { IncomingMessage } from 'node:http';
import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseKeyHeader } from '#domain/idempotency-key';
import { toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { EventTypeDirectory } from '#flow/event-types/event-type-directory';
import { Requires } from '#ground/http/access';
import { DocumentAcceptEvent } from './ingest.openapi.js';
import { parseEventRequest } from './event-request.js';
import { IngestService } from './ingest.service.js';

/** W3C Trace Context, 3.2. Any other value is ignored. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

const PATH = /^\/v1\/events(?:\?|$)/;

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
  ) {}

  @Post()
  @Requires('ingest')
  @DocumentAcceptEvent()
  async accept(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { body, headers, principal } = request;
    if (!Buffer.isBuffer(body)) throw new LockstepError('unsupported_media_type', 'Send the event as application/json');
    const keyHeader = headers['idempotency-key'];
    const headerKey = keyHeader === undefined ? undefined : parseKeyHeader(String(keyHeader));
    const { type, entity, occurredAt, idempotencyKey, value } = parseEventRequest(body, headerKey);
    const checked = this.eventTypes.check(principal.tenant, type, value, body.length);
    if (checked !== undefined) await checked;
    const { traceparent } = headers;
    const accepted = await this.ingest.accept({
      tenant: principal.tenant,
      type,
      entity,
      occurredAt,
      idempotencyKey,
      contentType: headers['content-type'] ?? 'application/json',
      traceparent: typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined,
      payload: body,
    });
    if (accepted.replayed) reply.header('idempotent-replayed', 'true');
    // Written by hand, for speed: only `entity` needs escaping.
    const answer = `{"id":"${toPublicId('evt', accepted.id)}","type":"${type}","entity":${JSON.stringify(entity)},"status":"accepted","acceptedAt":"${accepted.acceptedAt}"}`;
    void reply.code(202).header('content-type', 'application/json; charset=utf-8').send(answer);
  }
}
