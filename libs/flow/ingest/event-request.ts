import type { EventAttributes } from '#domain/event-attributes';
import { ENTITY_PROBLEM, isEntity } from '#domain/entity';
import { EVENT_TYPE_RULE, isEventType } from '#domain/event-type';
import { parseKeyMember } from '#domain/idempotency-key';
import { LockstepError, type ProblemDetail } from '#domain/problem';
import { parseJsonBody } from '#ground/http/json-body';
import { parseTimestamp } from './timestamp.js';

/** A body can have thousands. An answer that named them all would have ten times as many bytes as the body. */
export const MOST_PROBLEMS = 16;
const LONGEST_PATH = 128;

/** What Lockstep reads of an event's body. The body is delivered unchanged. */
export interface EventRequest {
  readonly type: string;
  readonly entity: string;
  /** When it happened, according to the producer. */
  readonly occurredAt: Date | undefined;
  readonly idempotencyKey: string | undefined;
  readonly attributes: EventAttributes | undefined;
  /** The body, for the schema of its type: undefined if it is not JSON. */
  readonly value: unknown;
}

/**
 * Reads the JSON form of an event: `{"type","entity","data","timestamp"?,"idempotencyKey"?,…}`. Checked by hand, because a
 * schema library took as long as the rest of the request.
 * @param headerKey the key of the `Idempotency-Key` header, which takes precedence over the body's
 * @throws LockstepError `invalid_request`, which names everything that is wrong; `invalid_idempotency_key`
 */
export function parseEventRequest(body: Buffer, headerKey?: string): EventRequest {
  const value = parseObject(body);
  const { type, entity, timestamp: givenTimestamp, idempotencyKey, data } = value;
  // Many clients send null for an absent member.
  const timestamp = givenTimestamp ?? undefined;
  const occurredAt = typeof timestamp === 'string' ? parseTimestamp(timestamp) : undefined;
  if (!isEventType(type) || !isEntity(entity) || data === undefined || (occurredAt === undefined && timestamp !== undefined)) {
    throw invalid(problemsOf({ type, entity, data, timestamp }));
  }
  const bodyKey = idempotencyKey === undefined || idempotencyKey === null || headerKey !== undefined ? undefined : parseKeyMember(idempotencyKey);
  return { type, entity, occurredAt, idempotencyKey: headerKey ?? bodyKey, attributes: undefined, value };
}

function parseObject(body: Buffer): Record<string, unknown> {
  const value = parseJsonBody(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid([{ path: '', message: 'the body must be a JSON object' }]);
  }
  return value as Record<string, unknown>;
}

function problemsOf({ type, entity, data, timestamp }: Record<string, unknown>): ProblemDetail[] {
  const problems: ProblemDetail[] = [];
  if (!isEventType(type)) problems.push({ path: '/type', message: EVENT_TYPE_RULE });
  if (!isEntity(entity)) problems.push({ path: '/entity', message: ENTITY_PROBLEM });
  if (data === undefined) problems.push({ path: '/data', message: 'is missing' });
  if (timestamp !== undefined && (typeof timestamp !== 'string' || parseTimestamp(timestamp) === undefined)) problems.push({ path: '/timestamp', message: 'must be an RFC 3339 date and time such as 2026-01-31T12:00:00Z' });
  return problems;
}

/** @param problems what is wrong, of which the first `MOST_PROBLEMS` are named, by a path of bounded length */
export function invalid(problems: readonly ProblemDetail[]): LockstepError {
  const errors = problems.slice(0, MOST_PROBLEMS).map(({ path, message }) => ({ path: shortened(path), message }));
  const detail = errors.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
  return new LockstepError('invalid_request', problems.length > errors.length ? `${detail}; and more` : detail, { errors });
}

/** A copy, because a part of a text would keep all of it in memory. */
function shortened(path: string): string {
  return path.length > LONGEST_PATH ? `${Buffer.from(path.slice(0, LONGEST_PATH)).toString()}…` : path;
}
