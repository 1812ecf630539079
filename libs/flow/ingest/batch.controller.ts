import type { IncomingMessage } from 'node:http';
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LockstepError } from '#domain/problem';
import { EventTypeDirectory } from '#flow/event-types/event-type-directory';
import { Requires } from '#ground/http/access';
import { mediaTypeOf } from '#ground/http/streamed-body';
import { BatchAcceptor, type Framing, MAX_BATCH_BYTES } from './batch-acceptor.js';
import { DocumentAcceptBatch } from './batch.openapi.js';
import { parseEventRequest } from './event-request.js';
import { itemReader } from './item-reader.js';
import { traceparentOf, tracestateOf } from './traceparent.js';

const FRAMINGS: Readonly<Record<string, Framing>> = { 'application/json': 'array', 'application/x-ndjson': 'lines' };

const PATH = /^\/v1\/events\/batch(?:\?|$)/;

/**
 * Whether a request that Fastify has not seen yet is for the route below, so that it can be shed unread. Other spellings of
 * the path are shed by `BatchAcceptor.accept`.
 */
export function isBatchPost({ method, url = '' }: IncomingMessage): boolean {
  return method === 'POST' && PATH.test(url);
}

@Controller('v1/events')
export class BatchController {
  constructor(
    private readonly acceptor: BatchAcceptor,
    private readonly eventTypes: EventTypeDirectory,
  ) {}

  @Post('batch')
  @Requires('ingest', { streamedBodies: { mediaTypes: Object.keys(FRAMINGS), maxBytes: MAX_BATCH_BYTES } })
  @DocumentAcceptBatch()
  async accept(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { headers } = request;
    const framing = FRAMINGS[mediaTypeOf(request)];
    if (framing === undefined) throw new LockstepError('unsupported_media_type', 'Send a JSON array as application/json, or lines of JSON as application/x-ndjson');
    if (headers['idempotency-key'] !== undefined) throw new LockstepError('invalid_idempotency_key', 'The header Idempotency-Key is for single events: set `idempotencyKey` in each item');
    const reader = itemReader(this.eventTypes, parseEventRequest, { contentType: 'application/json', traceparent: traceparentOf(headers), tracestate: tracestateOf(headers) });
    return this.acceptor.accept(request, reply, framing, reader);
  }

  /** Without it, the path would be that of an event with the id `batch`. */
  @Get('batch')
  @Requires('ingest', { isRefused: true })
  @ApiExcludeEndpoint()
  refuseGet(@Res() reply: FastifyReply): never {
    reply.header('allow', 'POST');
    throw new LockstepError('method_not_allowed', '/v1/events/batch takes POST, not GET');
  }
}
