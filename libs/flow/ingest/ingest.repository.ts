import { Injectable } from '@nestjs/common';
import type { EventAttributes } from '#domain/event-attributes';
import { LockstepError } from '#domain/problem';
import type { Config } from '#ground/config/config';
import { storeErrorOf } from '#ground/postgres/answering-database';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { retryConflicts } from '#ground/postgres/retry-conflicts';
import { isPoison } from '#ground/postgres/sql-errors';
import { InjectConfig } from '#ground/process/process-context';
import type { OpenSpan } from '#ground/tracing/span';
import { acceptBatch } from './accept-batch.queries.js';
import { type EventOrigin, MIN_SOURCE_RETENTION_MS, POSTED } from './event-origin.js';
import { ingestConflicts } from './ingest.metrics.js';
import { findKeys } from './find-keys.queries.js';
import type { NamedDestination } from './named-destination.js';

/** A checked event, to be stored. */
export interface Submission {
  /** The event's id, a UUIDv7. */
  readonly id: string;
  readonly tenant: string;
  readonly shard: number;
  readonly type: string;
  readonly entity: string;
  readonly occurredAt: Date | undefined;
  readonly idempotencyKey: string | undefined;
  readonly origin: EventOrigin;
  /** Whether it is an item of a batch. */
  readonly isItem: boolean;
  /**
   * SHA-256 of the payload, with the destination's URL if it has one, or `NO_FINGERPRINT` where bodies are not compared; undefined
   * without a key. The content type does not count: a client may change its parameters.
   */
  readonly fingerprint: Buffer | undefined;
  readonly contentType: string;
  readonly traceparent: string | undefined;
  readonly attributes: EventAttributes | undefined;
  readonly acceptedBy: string;
  /** The endpoint that gets it; undefined: routed by its type. */
  readonly destination?: NamedDestination | undefined;
  readonly payload: Buffer;
  /** If the event is recorded. */
  readonly span?: OpenSpan | undefined;
}

/** `acceptedAt` in RFC 3339, formatted once per batch: it takes as long as reading a body. */
export type Committed =
  | { readonly kind: 'accepted'; readonly acceptedAt: string }
  /** The key was used before with the same body, for this event. */
  | { readonly kind: 'replayed'; readonly eventId: string; readonly acceptedAt: string }
  /** The key was used before with another body. */
  | { readonly kind: 'reused' }
  /** The key was used when the batch was stored, and is free now: submit the event again. */
  | { readonly kind: 'released' };

/** Equal for all bodies. */
export const NO_FINGERPRINT = Buffer.alloc(32);
/** One of two deadlocked statements succeeds. An hour of equal keys at two gateways never took three attempts. */
const MAX_TRIES = 3;

@Injectable()
export class IngestRepository {
  constructor(
    @InjectDatabase('ingest') private readonly database: Database,
    @InjectConfig() private readonly config: Pick<Config, 'idempotencyRetentionMs'>,
  ) {}

  /**
   * Commits the batch in one statement, plus a lookup if some keys were used before. Results are in the same order. Once
   * it resolves, accepted events are durable. The same key again is as in a later batch.
   * @throws LockstepError `store_unavailable` if Postgres does not answer, with an unknown outcome; the server's own error
   * if a row cannot be stored, and then none is
   */
  async commit(submissions: readonly Submission[]): Promise<readonly Committed[]> {
    const firsts = new Map<string, Submission>();
    const repeats = new Map<Submission, Submission>();
    for (const submission of submissions) {
      const key = claimOf(submission);
      const first = key === undefined ? undefined : firsts.get(key);
      if (first !== undefined) repeats.set(submission, first);
      else if (key !== undefined) firsts.set(key, submission);
    }
    const { acceptedAt, taken } = await this.acceptBatch(repeats.size === 0 ? submissions : submissions.filter((submission) => !repeats.has(submission)));
    const accepted: Committed = { kind: 'accepted', acceptedAt };
    if (taken.size === 0 && repeats.size === 0) return submissions.map(() => accepted);
    const isTaken = (submission: Submission): boolean => taken.has((repeats.get(submission) ?? submission).id);
    const found = await this.findTaken(submissions.filter(isTaken));
    return submissions.map((submission) => {
      if (isTaken(submission)) return found.get(submission.id) ?? { kind: 'released' };
      const first = repeats.get(submission);
      return first === undefined ? accepted : resultOfRepeat(submission, first.fingerprint, first.id, acceptedAt);
    });
  }

  private async acceptBatch(submissions: readonly Submission[]): Promise<{ acceptedAt: string; taken: ReadonlySet<string> }> {
    const parameters = parametersOf(submissions, this.config.idempotencyRetentionMs);
    const [row] = await retryConflicts(ingestConflicts, MAX_TRIES, () => acceptBatch.run(parameters, this.database)).catch((error: unknown) => {
      throw storeErrorOf(error);
    });
    return { acceptedAt: (row?.acceptedAt ?? new Date()).toISOString(), taken: new Set(row?.taken) };
  }

  private async findTaken(submissions: readonly Submission[]): Promise<Map<string, Committed>> {
    if (submissions.length === 0) return new Map();
    const tenants = submissions.map(({ tenant }) => tenant);
    const keys = submissions.map(({ origin, idempotencyKey = '' }) => origin.keyScope + idempotencyKey);
    const rows = await findKeys.run({ tenants, keys }, this.database).catch((error: unknown) => {
      throw storeErrorOf(error);
    });
    const byKey = new Map(rows.map((row) => [`${row.tenant}/${row.key}`, row]));
    return new Map(
      submissions.flatMap((submission): [string, Committed][] => {
        const row = byKey.get(claimOf(submission) ?? '');
        return row === undefined ? [] : [[submission.id, resultOfRepeat(submission, row.fingerprint, row.eventId, row.acceptedAt.toISOString())]];
      }),
    );
  }
}

/** The key as it is claimed, with its tenant; undefined without one. */
export function claimOf({ tenant, origin, idempotencyKey }: Pick<Submission, 'tenant' | 'origin' | 'idempotencyKey'>): string | undefined {
  return idempotencyKey === undefined ? undefined : `${tenant}/${origin.keyScope}${idempotencyKey}`;
}

/** Of a submission whose key stands for an event with this fingerprint. */
function resultOfRepeat({ fingerprint }: Submission, first: Buffer | undefined, eventId: string, acceptedAt: string): Committed {
  return fingerprint !== undefined && first?.equals(fingerprint) === true ? { kind: 'replayed', eventId, acceptedAt } : { kind: 'reused' };
}

/** Turns an error that one submission alone caused into `invalid_request`. Returns any other error unchanged. */
export function submissionErrorOf(error: unknown): unknown {
  if (!isPoison(error)) return error;
  const reason = error instanceof Error ? error.message : '';
  return new LockstepError('invalid_request', `The event can't be stored: ${reason}`, { cause: error });
}

/** The submissions as columns. One loop per column, because V8 builds arrays of one type fastest. */
function parametersOf(submissions: readonly Submission[], retentionMs: number): Parameters<typeof acceptBatch.run>[0] {
  const arePosts = submissions.every(({ origin }) => origin === POSTED);
  let next = 1;
  const offsets = submissions.map(({ payload }) => {
    const offset = next;
    next += payload.length;
    return offset;
  });
  return {
    ids: submissions.map(({ id }) => id),
    tenants: submissions.map(({ tenant }) => tenant),
    shards: submissions.map(({ shard }) => shard),
    types: submissions.map(({ type }) => type),
    entities: submissions.map(({ entity }) => entity),
    occurredAts: submissions.map(({ occurredAt }) => occurredAt?.toISOString() ?? ''),
    keys: submissions.map(({ idempotencyKey = '' }) => idempotencyKey),
    contentTypes: submissions.map(({ contentType }) => contentType),
    traceparents: submissions.map(({ traceparent = '' }) => traceparent),
    attributes: submissions.map(({ attributes }) => (attributes === undefined ? '' : JSON.stringify(attributes))),
    acceptedBys: submissions.map(({ acceptedBy }) => acceptedBy),
    offsets,
    lengths: submissions.map(({ payload }) => payload.length),
    sources: arePosts ? [] : submissions.map(({ origin }) => origin.source),
    keyScopes: arePosts ? [] : submissions.map(({ origin }) => origin.keyScope),
    // unnest() fills up a shorter array with nulls.
    destinations: submissions.some(({ destination }) => destination !== undefined) ? submissions.map(({ destination }) => destination?.endpoint ?? 0) : [],
    fingerprints: Buffer.concat(submissions.map(({ fingerprint = NO_FINGERPRINT }) => fingerprint)),
    payloads: Buffer.concat(submissions.map(({ payload }) => payload)),
    retentionMs,
    sourceRetentionMs: Math.max(retentionMs, MIN_SOURCE_RETENTION_MS),
  };
}
