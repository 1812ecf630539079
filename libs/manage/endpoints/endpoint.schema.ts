import { z } from 'zod';
import { formatDuration, parseDurationMs } from '#domain/duration';
import { durationsUpTo } from '#domain/duration-pattern';
import { HEADER_VALUE } from '#domain/header-fields';
import { SIGNING_SECRET } from '#flow/delivery/signing-secret';
import { CursorFormat, UINT31 } from '#ground/http/cursor';
import { pageQuery } from '#ground/http/pagination';
import { idSchema } from '#ground/http/public-id';
import { textSchema } from '#ground/http/text-schema';
import { metadataSchema } from '#manage/metadata';
import { breakerSchema, disableAfter } from './breaker.schema.js';
import { catchUpSchema, startAt } from './catch-up.schema.js';
import { customHeaderProblem } from './custom-headers.js';
import { authSchema } from './endpoint-auth.schema.js';
import { newRateLimitSchema, rateLimitSchema } from './endpoint-rate-limit.js';
import { filterSchema } from './filter.schema.js';
import { publicKeySchema, signatureSchema, signingSecretSchema } from './signature.schema.js';
import { URL_PATTERN, urlSchema } from './url.schema.js';

const MAX_RETRY_DELAY_MS = 604_800_000;
const EVENT_TYPE_PATTERN = /^(?:\*|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*(?:\.\*)?)$/;

const delay = z.string().regex(durationsUpTo(MAX_RETRY_DELAY_MS), 'must be a duration such as 500ms, 10s, 5m, 2h or 1d, of at most 7d').meta({ example: '30s' });

/** A receiver rarely takes more than 8 KiB of headers in all. */
const MAX_HEADERS = 64;
const HEADERS_BYTES = 16_384;
const headers = z
  .record(z.string(), z.string().max(4_096).regex(HEADER_VALUE, 'must have a value of printable ASCII characters'))
  .superRefine((values, context) => {
    const entries = Object.entries(values);
    if (entries.length > MAX_HEADERS) context.addIssue({ code: 'custom', message: `must be at most ${MAX_HEADERS} headers` });
    if (entries.reduce((bytes, [name, value]) => bytes + name.length + value.length, 0) > HEADERS_BYTES) context.addIssue({ code: 'custom', message: `must have at most ${HEADERS_BYTES} characters in all` });
    for (const [name] of entries) {
      const problem = customHeaderProblem(name, values);
      if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem });
    }
  })
  .meta({ maxProperties: MAX_HEADERS, description: `Headers of each request, of at most ${HEADERS_BYTES} characters in all. Names of HTTP's own and of Lockstep's headers are refused` });

/** The settings of an endpoint with their defaults. */
const settings = {
  url: urlSchema,
  description: textSchema({ max: 1_024 }).default(''),
  eventTypes: z
    .array(z.string().max(130).regex(EVENT_TYPE_PATTERN, 'must be *, a type such as order.created, or a prefix such as order.*'))
    .min(1).max(100).default(['*']).meta({ description: '`*`: all but operational events, which `lockstep.*` names' }),
  filter: filterSchema.default(null),
  ordering: z.enum(['entity', 'none']).default('entity'),
  dlqPolicy: z.enum(['continue', 'halt']).default('continue'),
  retrySchedule: z.array(delay).max(50).nullable().default(null).meta({ description: "Delays before each retry; null: the installation's schedule" }),
  timeoutMs: z.int().min(1).max(300_000).default(15_000),
  maxConcurrency: z.int().min(1).max(10_000).default(64).meta({ description: 'Concurrent attempts of each dispatcher' }),
  maxRetryAfterSeconds: z.int().min(0).max(31_536_000).default(86_400),
  rateLimit: newRateLimitSchema.nullable().default(null).meta({ description: 'Null: no limit' }),
  disableAfter,
  headers: headers.default({}),
  auth: authSchema.nullable().default(null),
  signature: signatureSchema.default('v1'),
  metadata: metadataSchema.default({}),
};

const ownSecret = signingSecretSchema.optional().meta({ description: 'A signing secret of your own; without it one is made' });

export const newEndpointSchema = z.strictObject({ ...settings, secret: ownSecret, startAt }).meta({ id: 'NewEndpoint' });
export type NewEndpoint = z.output<typeof newEndpointSchema>;

/** All settings except `ordering` and `startAt`, without defaults. */
export const endpointChangeSchema = z
  .strictObject({
    url: urlSchema.optional(),
    description: settings.description.unwrap().optional(),
    eventTypes: settings.eventTypes.unwrap().optional(),
    filter: filterSchema.optional(),
    // Accepted here only to refuse it with a reason.
    ordering: z.never('can not be changed, since the sequences of its lanes would break: create another endpoint').optional(),
    startAt: z.never('can not be changed, since the endpoint has begun: create another endpoint, or replay past events').optional(),
    dlqPolicy: settings.dlqPolicy.unwrap().optional(),
    retrySchedule: settings.retrySchedule.unwrap().optional(),
    timeoutMs: settings.timeoutMs.unwrap().optional(),
    maxConcurrency: settings.maxConcurrency.unwrap().optional(),
    maxRetryAfterSeconds: settings.maxRetryAfterSeconds.unwrap().optional(),
    rateLimit: settings.rateLimit.unwrap().optional(),
    disableAfter: disableAfter.unwrap().optional(),
    headers: headers.optional(),
    auth: settings.auth.unwrap().optional(),
    signature: signatureSchema.optional(),
    metadata: metadataSchema.optional(),
  })
  .meta({ id: 'EndpointChange' });
export type EndpointChange = z.output<typeof endpointChangeSchema>;

/** The endpoint's narrow key. */
export const endpointCursor = new CursorFormat(UINT31);

export const endpointQuerySchema = z.strictObject(pageQuery(endpointCursor));
export type EndpointQuery = z.output<typeof endpointQuerySchema>;

/** The resource in the API. */
export const endpointSchema = z
  .object({
    id: idSchema('ep'),
    url: z.string().max(2_048).meta({ format: 'iri', pattern: URL_PATTERN.source }),
    description: z.string(),
    eventTypes: z.array(z.string()).meta({ description: 'Empty if the endpoint was made for a destination: it gets those events only that name it' }),
    filter: z.string().nullable(),
    ordering: z.enum(['entity', 'none']),
    dlqPolicy: z.enum(['continue', 'halt']),
    retrySchedule: z.array(delay).nullable(),
    timeoutMs: z.int(),
    maxConcurrency: z.int(),
    maxRetryAfterSeconds: z.int(),
    rateLimit: rateLimitSchema.nullable(),
    disableAfter: z.string().nullable().meta({ example: '5d' }),
    headers: z.record(z.string(), z.string()),
    auth: authSchema.nullable(),
    signature: signatureSchema,
    publicKey: publicKeySchema,
    metadata: z.record(z.string(), z.unknown()),
    source: idSchema('src').nullable().meta({ description: 'The source that it was made for, because a request named its URL as destination; null for other endpoints' }),
    status: z.enum(['active', 'paused', 'disabled']),
    statusReason: z.string().nullable(),
    breaker: breakerSchema,
    catchUp: catchUpSchema,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Endpoint' });
export type Endpoint = z.output<typeof endpointSchema>;

/** The answer to a creation, with the signing secret. */
export const createdEndpointSchema = endpointSchema
  .extend({ secret: z.string().regex(SIGNING_SECRET).meta({ description: '`GET /v1/endpoints/{id}/secret` has it, too' }) })
  .meta({ id: 'CreatedEndpoint' });
export type CreatedEndpoint = z.output<typeof createdEndpointSchema>;

/** `["1s","5s"]` in milliseconds. The schema has checked the texts. */
export function scheduleToMs(schedule: readonly string[]): number[] {
  return schedule.map((text) => parseDurationMs(text) ?? 0);
}

export function scheduleFromMs(scheduleMs: readonly number[] | null): string[] | null {
  return scheduleMs === null ? null : scheduleMs.map(formatDuration);
}
