import { hash } from 'node:crypto';
import { mintId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { shardOf } from '#domain/shard';
import { GroupCommit } from '#ground/postgres/group-commit';
import { eventsAccepted, eventsDeduplicated, ingestBatchSize, ingestQueueBytes, ingestQueueLimit, ingestQueueRequests } from './ingest.metrics.js';
import type { QueueLimit } from './queue-limit.js';
import { type Committed, type IngestRepository, type Submission, submissionErrorOf } from './ingest.repository.js';

/** An event as it was posted, checked. */
export interface NewEvent {
  readonly tenant: string;
  readonly type: string;
  readonly entity: string;
  readonly occurredAt: Date | undefined;
  readonly idempotencyKey: string | undefined;
  readonly contentType: string;
  readonly traceparent: string | undefined;
  /** Delivered exactly as it is. */
  readonly payload: Buffer;
}

export interface Accepted {
  /** The event's UUID. */
  readonly id: string;
  /** RFC 3339. */
  readonly acceptedAt: string;
  /** True: an earlier post with this key and body was accepted; this is its answer. */
  readonly replayed: boolean;
}

/** An event that is stored, for the relay. */
export interface CommittedEvent {
  /** Its UUID. */
  readonly id: string;
  readonly tenant: string;
  readonly shard: number;
  readonly type: string;
  readonly entity: string;
  /** When it happened, else when it was accepted; RFC 3339. */
  readonly time: string;
  readonly source: string;
  readonly contentType: string;
  readonly traceparent: string | null;
  readonly payload: Buffer;
}

export interface IngestOptions {
  readonly shards: number;
  /** How many posts may wait at once; more are refused with `overloaded`. */
  readonly queueLimit: QueueLimit;
  readonly maxQueuedBytes: number;
  /** Called after a commit with what it stored: the relay has work. */
  readonly onCommitted: (events: readonly CommittedEvent[]) => void;
}

/** 512: above it the statement's latency grows faster than its rate. */
const BATCH_ITEMS = 512;
/** 1 MiB: one statement's parameters are held three times over while they are sent. */
const BATCH_BYTES = 1_048_576;

/** Far above what a commit takes, also on a busy disk. */
const STUCK_MS = 1_000;

/**
 * Accepts events: a resolved `accept` means that the event is committed. One event per tenant and idempotency key,
 * however many posts carry it, here or at other gateways, at once or later.
 */
export class IngestService {
  private readonly commits: GroupCommit<Submission, Committed>;
  /** Posts with a key that wait for their commit: a twin that arrives meanwhile waits for the same one. */
  private readonly inFlight = new Map<string, { readonly fingerprint: Buffer; readonly accepted: Promise<Accepted> }>();
  private queuedRequests = 0;
  private queuedBytes = 0;
  private lastCommitAtMs = 0;

  constructor(
    private readonly repository: IngestRepository,
    private readonly options: IngestOptions,
  ) {
    this.commits = new GroupCommit({
      maxItems: BATCH_ITEMS,
      maxBytes: BATCH_BYTES,
      bytesOf: ({ payload }) => payload.length,
      commit: (submissions) => this.commit(submissions),
    });
  }

  /** Sheds a request if the queue is full. Call it once per request, because it counts those that are shed. */
  shedIfFull(): boolean {
    if (!this.full) return false;
    this.options.queueLimit.refused(this.queuedRequests, performance.now());
    return true;
  }

  /** Whether a post would be refused now. */
  get full(): boolean {
    return this.options.queueLimit.isReached(this.queuedRequests) || this.queuedBytes >= this.options.maxQueuedBytes;
  }

  /** Whether posts are refused because nothing is being committed, and not just because more come than can be. */
  get stuck(): boolean {
    return this.full && performance.now() - this.lastCommitAtMs > STUCK_MS;
  }

  /**
   * Commits the event, or finds the one that its key stands for.
   * @throws LockstepError overloaded, store_unavailable (it may have been committed: the same key tells),
   * idempotency_key_reused, invalid_request when the event itself can't be stored
   */
  async accept(event: NewEvent): Promise<Accepted> {
    if (event.idempotencyKey === undefined) return this.submit(event, undefined);
    const fingerprint = fingerprintOf(event);
    const key = `${event.tenant}/${event.idempotencyKey}`;
    const twin = this.inFlight.get(key);
    if (twin?.fingerprint.equals(fingerprint) === true) {
      const accepted = await twin.accepted;
      eventsDeduplicated.inc();
      return { ...accepted, replayed: true };
    }
    if (twin !== undefined) {
      const keyIsTheirs = await twin.accepted.then(() => true, () => false);
      if (keyIsTheirs) throw keyReused();
      // The other body was refused: the key may be free, or have been ours all along.
      return this.accept(event);
    }
    const accepted = this.submit(event, fingerprint);
    this.inFlight.set(key, { fingerprint, accepted });
    try {
      return await accepted;
    } finally {
      this.inFlight.delete(key);
    }
  }

  /** Resolves when everything that was accepted for commit is answered. */
  async idle(): Promise<void> {
    await this.commits.idle();
  }

  private async submit(event: NewEvent, fingerprint: Buffer | undefined): Promise<Accepted> {
    if (this.shedIfFull()) throw new LockstepError('overloaded', 'Too many events wait to be stored; try again shortly', { retryAfterSeconds: 1 });
    const submission = { ...event, id: mintId(), shard: shardOf(event.tenant, event.entity, this.options.shards), fingerprint };
    this.options.queueLimit.entered(this.queuedRequests, performance.now());
    this.queuedRequests++;
    this.queuedBytes += event.payload.length;
    try {
      for (;;) {
        const committed = await this.commits.add(submission);
        if (committed.kind !== 'released') return acceptedOf(submission, committed);
      }
    } catch (error) {
      throw submissionErrorOf(error);
    } finally {
      this.queuedRequests--;
      this.queuedBytes -= event.payload.length;
    }
  }

  private async commit(submissions: readonly Submission[]): Promise<readonly Committed[]> {
    const startedAtMs = performance.now();
    const committed = await this.repository.commit(submissions);
    this.lastCommitAtMs = performance.now();
    this.options.queueLimit.committed(submissions.length, this.lastCommitAtMs - startedAtMs);
    ingestBatchSize.observe(submissions.length);
    ingestQueueRequests.set(this.queuedRequests);
    ingestQueueLimit.set(this.options.queueLimit.limit);
    ingestQueueBytes.set(this.queuedBytes);
    this.options.onCommitted(
      submissions.flatMap((submission, i) => {
        const result = committed[i];
        return result?.kind === 'accepted' ? [committedEventOf(submission, result.acceptedAt)] : [];
      }),
    );
    return committed;
  }
}

function acceptedOf(submission: Submission, committed: Exclude<Committed, { kind: 'released' }>): Accepted {
  switch (committed.kind) {
    case 'accepted':
      eventsAccepted.inc();
      return { id: submission.id, acceptedAt: committed.acceptedAt, replayed: false };
    case 'replayed':
      eventsDeduplicated.inc();
      return { id: committed.eventId, acceptedAt: committed.acceptedAt, replayed: true };
    case 'reused':
      throw keyReused();
  }
}

function committedEventOf(submission: Submission, acceptedAt: string): CommittedEvent {
  const { id, tenant, shard, type, entity, occurredAt, contentType, traceparent = null, payload } = submission;
  return { id, tenant, shard, type, entity, time: occurredAt?.toISOString() ?? acceptedAt, source: 'api', contentType, traceparent, payload };
}

function fingerprintOf({ payload }: NewEvent): Buffer {
  return hash('sha256', payload, 'buffer');
}

function keyReused(): LockstepError {
  return new LockstepError('idempotency_key_reused', 'This idempotency key was used with another body; use a new key for another event');
}
