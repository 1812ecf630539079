import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseKeyHeader } from '#domain/idempotency-key';
import { LockstepError } from '#domain/problem';
import { acceptedJson } from '#flow/ingest/accepted-answer';
import { parseEventRequest } from '#flow/ingest/event-request';
import { IngestService } from '#flow/ingest/ingest.service';
import type { Source } from '../source.js';

export interface ReceiveOptions {
  /**
   * The endpoint that the event names, as its narrow key; undefined: routed by type. Called once, when the request is verified and
   * its event was checked, directly before it is stored.
   */
  readonly destinationOf?: () => number | undefined | Promise<number | undefined>;
}

/** Placeholder, dropped at the merge: the provider `hmac` with its defaults, and events as `POST /v1/events` takes them. */
@Injectable()
export class WebhookIntake {
  constructor(private readonly ingest: IngestService) {}

  async receive(source: Source, request: FastifyRequest, reply: FastifyReply, { destinationOf }: ReceiveOptions = {}): Promise<void> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const given = Buffer.from(String(request.headers['x-webhook-signature']), 'hex');
    const isSigned = source.secrets.some(({ value }) => {
      const expected = createHmac('sha256', value).update(body).digest();
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    if (!isSigned) throw new LockstepError('invalid_signature', 'The request is not signed with a secret of this source');
    const key = request.headers['idempotency-key'];
    const { type, entity, idempotencyKey } = parseEventRequest(body, key === undefined ? undefined : parseKeyHeader(String(key)));
    const destination = await destinationOf?.();
    const accepted = await this.ingest.accept({
      tenant: source.tenant, type, entity, occurredAt: undefined, idempotencyKey, contentType: request.headers['content-type'] ?? 'application/octet-stream', traceparent: undefined,
      attributes: undefined, acceptedBy: source.publicId, destination, payload: body,
    });
    void reply.code(202).header('content-type', 'application/json; charset=utf-8').send(acceptedJson({ id: accepted.id, acceptedAt: accepted.acceptedAt, type, entity, requeued: false }));
  }
}
