import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { LockstepError } from '#domain/problem';
import { bodyRefusalOf } from '#ground/http/json-body';
import { parseBinaryEvent } from './binary-event.js';
import type { EventRequest } from './event-request.js';
import { parseStructuredEvent } from './structured-event.js';

/** CloudEvents HTTP binding 1.0.2, 3: a prefix, in any letter case. */
const FORMAT = /^application\/cloudevents/i;
const JSON_FORMAT = /^application\/cloudevents\+json *(?:;|$)/i;
/** CloudEvents JSON format 1.0.2, 3. Each event of an array is delivered with it, alone. */
export const STRUCTURED_TYPE = 'application/cloudevents+json';
/** CloudEvents JSON format 1.0.2, 4: an array of events in this format. */
export const BATCH_TYPE = 'application/cloudevents-batch+json';
const BATCH = /^application\/cloudevents-batch/i;

/** Whether a request has a CloudEvent, in any of the three modes. Without `ce-specversion` other `ce-` headers mean nothing. */
export function isCloudEvent({ 'ce-specversion': specVersion, 'content-type': type = '' }: IncomingHttpHeaders): boolean {
  return specVersion !== undefined || FORMAT.test(type);
}

/** Whether an event is stored, and delivered, in the JSON format: its attributes are in its payload. */
export function isStructured(contentType: string): boolean {
  return JSON_FORMAT.test(contentType);
}

/**
 * Reads the CloudEvent of a request.
 * @throws LockstepError `invalid_request`, `headers_too_large`, `unsupported_media_type`
 */
export function readCloudEvent(request: Pick<FastifyRequest, 'headers' | 'method' | 'routeOptions' | 'raw'>, body: Buffer, headerKey: string | undefined): EventRequest {
  const { 'content-type': type = '' } = request.headers;
  if (!FORMAT.test(type)) return parseBinaryEvent(request.raw.headersDistinct, body, headerKey);
  if (BATCH.test(type)) throw new LockstepError('unsupported_media_type', `${type} is not supported: send the events as ${BATCH_TYPE}`);
  if (!isStructured(type)) throw new LockstepError('unsupported_media_type', `${type} is not supported: send the event as ${STRUCTURED_TYPE}, or its attributes as ce-* headers`);
  const refusal = bodyRefusalOf(request);
  if (refusal !== undefined) throw refusal;
  return parseStructuredEvent(body, headerKey);
}
