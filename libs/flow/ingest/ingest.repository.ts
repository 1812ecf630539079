import { LockstepError } from '#domain/problem';
import type { Config } from '#ground/config/config';
import { storeErrorOf } from '#ground/postgres/answering-database';
import type { Database } from '#ground/postgres/pool';
import { isConflict, isPoison } from '#ground/postgres/sql-errors';
import { acceptBatch } from './accept-batch.queries.js';
import { findKeys } from './find-keys.queries.js';

/** An event that was checked and is to be stored. */
export interface Submission {
  /** The event's id, a UUIDv7. */
  readonly id: string;
  readonly tenant: string;
  readonly shard: number;
  readonly type: string;
  readonly entity: string;
  readonly occurredAt: Date | undefined;
  readonly idempotencyKey: string | undefined;
  /** SHA-256 of the payload; undefined without a key. The content type does not count: a client may change its parameters. */
  readonly fingerprint: Buffer | undefined;
  readonly contentType: string;
  readonly traceparent: string | undefined;
  readonly payload: Buffer;
}

/** `acceptedAt` in RFC 3339, made once a batch: making it took as long as reading the body. */
export type Committed =
  | { readonly kind: 'accepted'; readonly acceptedAt: string }
  /** The key was used before with the same body, for this event. */
  | { readonly kind: 'replayed'; readonly eventId: string; readonly acceptedAt: string }
  /** The key was used before with another body. */
  | { readonly kind: 'reused' }
  /** The key was taken a moment ago and is free now: offer the event again. */
  | { readonly kind: 'released' };

const NO_FINGERPRINT = Buffer.alloc(32);
/** Deadlocks end with one of the two going through; three in a row did not happen in an hour of twins. */
const MOST_TRIES = 3;

export class IngestRepository {
  constructor(
    private readonly database: Database,
    private readonly config: Pick<Config, 'idempotencyRetentionMs'>,
  ) {}

  /**
   * Commits the batch in one statement, with one more look-up when keys were taken; results in the same order. After
   * it resolves, the events that it calls accepted are durable.
   * @throws LockstepError store_unavailable when Postgres does not answer (whether it was committed is unknown); the
   * server's own error when a row can't be stored, and then nothing is
   */
  async commit(submissions: readonly Submission[]): Promise<readonly Committed[]> {
    const { acceptedAt, taken } = await this.acceptBatch(submissions);
    const accepted: Committed = { kind: 'accepted', acceptedAt };
    if (taken.size === 0) return submissions.map(() => accepted);
    const found = await this.findTaken(submissions.filter(({ id }) => taken.has(id)));
    return submissions.map((submission) => (taken.has(submission.id) ? (found.get(submission.id) ?? { kind: 'released' }) : accepted));
  }

  private async acceptBatch(submissions: readonly Submission[]): Promise<{ acceptedAt: string; taken: ReadonlySet<string> }> {
    const parameters = parametersOf(submissions, this.config.idempotencyRetentionMs);
    for (let tries = 1; ; tries++) {
      try {
        const [row] = await acceptBatch.run(parameters, this.database);
        return { acceptedAt: (row?.acceptedAt ?? new Date()).toISOString(), taken: new Set(row?.taken) };
      } catch (error) {
        if (isConflict(error) && tries < MOST_TRIES) continue;
        throw storeErrorOf(error);
      }
    }
  }

  private async findTaken(submissions: readonly Submission[]): Promise<Map<string, Committed>> {
    const tenants = submissions.map(({ tenant }) => tenant);
    const keys = submissions.map(({ idempotencyKey = '' }) => idempotencyKey);
    const rows = await findKeys.run({ tenants, keys }, this.database).catch((error: unknown) => {
      throw storeErrorOf(error);
    });
    const byKey = new Map(rows.map((row) => [`${row.tenant}/${row.key}`, row]));
    return new Map(
      submissions.flatMap(({ id, tenant, idempotencyKey = '', fingerprint }): [string, Committed][] => {
        const row = byKey.get(`${tenant}/${idempotencyKey}`);
        if (row === undefined) return [];
        const same = fingerprint !== undefined && row.fingerprint.equals(fingerprint);
        return [[id, same ? { kind: 'replayed', eventId: row.eventId, acceptedAt: row.acceptedAt.toISOString() } : { kind: 'reused' }]];
      }),
    );
  }
}

/** What a client may see of an error that one submission alone caused, or the error itself. */
export function submissionErrorOf(error: unknown): unknown {
  if (!isPoison(error)) return error;
  const reason = error instanceof Error ? error.message : '';
  return new LockstepError('invalid_request', `The event can't be stored: ${reason}`, { cause: error });
}

/** The submissions as columns; a loop a column, since arrays of one type are what V8 builds fastest. */
function parametersOf(submissions: readonly Submission[], retentionMs: number): Parameters<typeof acceptBatch.run>[0] {
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
    offsets,
    lengths: submissions.map(({ payload }) => payload.length),
    fingerprints: Buffer.concat(submissions.map(({ fingerprint = NO_FINGERPRINT }) => fingerprint)),
    payloads: Buffer.concat(submissions.map(({ payload }) => payload)),
    retentionMs,
  };
}
