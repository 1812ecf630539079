import { createHash, hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { attributesSize, type EventAttributes } from '#domain/event-attributes';
import { mintId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { shardOf } from '#domain/shard';
import { type CommittedEvent, EventRelay } from '#flow/relay/event-relay';
import type { Config } from '#ground/config/config';
import { type CommitSequence, GroupCommit } from '#ground/postgres/group-commit';
import { InjectConfig } from '#ground/process/process-context';
import { Samples } from '#ground/samples/samples';
import { errorTypeOf, Tracing } from '#ground/tracing/tracing';
import { acceptedSpan, COMMIT_EVENTS } from './accepted-span.js';
import type { EventOrigin } from './event-origin.js';
import { countCommitted, countRepeat, ingestBatchEvents, ingestCommitSeconds, ingestQueueBytes, ingestQueueLimit, ingestQueueRequests } from './ingest.metrics.js';
import type { NamedDestination } from './named-destination.js';
import { QueueLimit } from './queue-limit.js';
import { claimOf, type Committed, IngestRepository, NO_FINGERPRINT, type Submission, submissionErrorOf } from './ingest.repository.js';

/** A checked event, as it came. */
export interface NewEvent {
  readonly tenant: string;
  readonly origin: EventOrigin;
  readonly type: string;
  readonly entity: string;
  readonly occurredAt: Date | undefined;
  readonly idempotencyKey: string | undefined;
  readonly contentType: string;
  readonly traceparent: string | undefined;
  /** Delivered as headers, besides the payload. */
  readonly attributes: EventAttributes | undefined;
  /** The principal's id, as in the audit log. */
  readonly acceptedBy: string;
  /** The only endpoint that gets it. Undefined: those that subscribe to its type. */
  readonly destination?: NamedDestination | undefined;
  /** Delivered byte for byte. */
  readonly payload: Buffer;
  /** When its request arrived, by `performance.now()`, for its trace; undefined: when it is given to `accept`. */
  readonly receivedAtMs?: number | undefined;
}

export interface Accepted {
  /** The event's UUID. */
  readonly id: string;
  /** RFC 3339. */
  readonly acceptedAt: string;
  /** Whether an earlier request with this key and body was accepted, and this is its answer. */
  readonly replayed: boolean;
}

/** 512: above it the statement's latency grows faster than its rate. */
export const BATCH_ITEMS = 512;
/** 1 MiB: a statement's parameters are in memory three times while they are sent. */
export const BATCH_BYTES = 1_048_576;

/** Far above what a commit takes, even on a busy disk. */
const STALLED_MS = 1_000;

/**
 * Accepts events: once `accept` resolves, the event is committed. An idempotency key of a tenant, or of a source, stands for
 * one event, however many requests carry it, at this gateway or others, at the same time or later.
 */
@Injectable()
export class IngestService {
  private readonly commits: GroupCommit<Submission, Committed>;
  /** Requests with a key that wait for their commit. A second request with the same key and body shares the result. */
  private readonly inFlight = new Map<string, { readonly fingerprint: Buffer; readonly accepted: Promise<Accepted> }>();
  private queuedRequests = 0;
  private queuedBytes = 0;
  private lastCommitAtMs = 0;

  constructor(
    private readonly repository: IngestRepository,
    private readonly queueLimit: QueueLimit,
    @Inject(EventRelay) private readonly relay: Pick<EventRelay, 'add'>,
    @InjectConfig() private readonly config: { readonly kafka: Pick<Config['kafka'], 'partitions'> },
    private readonly samples: Samples,
    private readonly tracing: Tracing,
  ) {
    this.commits = new GroupCommit<Submission, Committed>({
      maxItems: BATCH_ITEMS,
      maxBytes: BATCH_BYTES,
      bytesOf,
      commit: (submissions) => this.commit(submissions),
    });
  }

  /** Sheds a request if the queue is full. Call it once per request, because it counts those that are shed. */
  shedIfFull(): boolean {
    if (!this.isFull) return false;
    this.queueLimit.onShed(this.queuedRequests, performance.now());
    return true;
  }

  /** Whether a request would be shed now. */
  get isFull(): boolean {
    return this.queueLimit.isFull(this.queuedRequests, this.queuedBytes);
  }

  /** Whether requests are shed because nothing is being committed. False if more arrive than can be committed. */
  get isStalled(): boolean {
    return this.isFull && performance.now() - this.lastCommitAtMs > STALLED_MS;
  }

  /** Whether the waiting events, with those of batches, have as many bytes as they may. */
  get isOutOfMemory(): boolean {
    return this.queueLimit.isOutOfMemory(this.queuedBytes);
  }

  /** Counts bytes of waiting events that `acceptInOrder` will get, or has got when they are negative. */
  hold(bytes: number): void {
    this.queuedBytes += bytes;
  }

  /**
   * Commits the event, or finds the one that its key stands for.
   * @throws LockstepError `overloaded`; `idempotency_key_reused`; `invalid_request` if Postgres can't store this event;
   * `store_unavailable`, after which the event may be committed (a request with the same key finds out)
   */
  accept(event: NewEvent): Promise<Accepted> {
    return this.acceptOrFind(event);
  }

  /**
   * As `accept`, for the items of batches, which may have the same key. It sheds nothing, and commits the events of a sequence
   * in the order in which they were given: none after one of which `store_unavailable` was thrown.
   * @throws LockstepError as `accept`, without `overloaded`; NotSentError
   */
  acceptInOrder(event: NewEvent, sequence: CommitSequence): Promise<Accepted> {
    return this.submit(event, event.idempotencyKey === undefined ? undefined : fingerprintOf(event), sequence);
  }

  private async acceptOrFind(event: NewEvent): Promise<Accepted> {
    const key = claimOf(event);
    if (key === undefined) return this.submit(event, undefined);
    const fingerprint = fingerprintOf(event);
    const earlier = this.inFlight.get(key);
    if (earlier?.fingerprint.equals(fingerprint) === true) {
      const accepted = await earlier.accepted;
      countRepeat(event.origin);
      this.samples.events(event.tenant, event.origin.source, event.type).count('duplicates');
      return { ...accepted, replayed: true };
    }
    if (earlier !== undefined) {
      const isKeyUsed = await earlier.accepted.then(() => true, () => false);
      if (isKeyUsed) throw keyReused(event);
      // The other request failed: the key may be free now, or may already stand for this body.
      return this.acceptOrFind(event);
    }
    const accepted = this.submit(event, fingerprint);
    this.inFlight.set(key, { fingerprint, accepted });
    try {
      return await accepted;
    } finally {
      this.inFlight.delete(key);
    }
  }

  /** Resolves when no event waits for its commit. */
  async idle(): Promise<void> {
    await this.commits.idle();
  }

  /** @param sequence of an item of a batch */
  private async submit(event: NewEvent, fingerprint: Buffer | undefined, sequence?: CommitSequence): Promise<Accepted> {
    if (sequence === undefined) this.enqueue(event);
    const id = mintId();
    const span = this.tracing.begin(id, event.traceparent, 'accept', event.receivedAtMs);
    const submission: Submission = { ...event, id, isItem: sequence !== undefined, shard: shardOf(event.tenant, event.entity, this.config.kafka.partitions), fingerprint, span };
    try {
      for (;;) {
        const committed = await this.commits.add(submission, false, sequence);
        if (span !== undefined && committed.kind === 'accepted') this.tracing.end(span, acceptedSpan('server', submission));
        if (committed.kind !== 'released') return acceptedOf(submission, committed);
        // Submitted again, it would come after events that were given later.
        if (sequence !== undefined) throw keyExpired();
      }
    } catch (error) {
      if (span !== undefined) this.tracing.end(span, { ...acceptedSpan('server', submission), error: errorTypeOf(error) });
      throw submissionErrorOf(error);
    } finally {
      if (sequence === undefined) this.dequeue(event);
    }
  }

  /** @throws LockstepError `overloaded` */
  private enqueue(event: NewEvent): void {
    if (this.shedIfFull()) throw overloaded();
    this.queueLimit.onAccepted(this.queuedRequests, performance.now());
    this.queuedRequests++;
    this.queuedBytes += bytesOf(event);
  }

  private dequeue(event: NewEvent): void {
    this.queuedRequests--;
    this.queuedBytes -= bytesOf(event);
  }

  private async commit(submissions: readonly Submission[]): Promise<readonly Committed[]> {
    const startedAtMs = performance.now();
    const committed = await this.tracing.batch(COMMIT_EVENTS, submissions, () => this.repository.commit(submissions), (results, i) => results[i]?.kind !== 'replayed');
    this.lastCommitAtMs = performance.now();
    this.queueLimit.onCommitted(submissions.length, this.lastCommitAtMs - startedAtMs);
    ingestCommitSeconds.observe((this.lastCommitAtMs - startedAtMs) / 1_000);
    ingestBatchEvents.observe(submissions.length);
    countCommitted(submissions, committed);
    ingestQueueRequests.set(this.queuedRequests);
    ingestQueueLimit.set(this.queueLimit.maxRequests);
    ingestQueueBytes.set(this.queuedBytes);
    this.count(submissions, committed);
    this.relay.add(
      submissions.flatMap((submission, i) => {
        const result = committed[i];
        return result?.kind === 'accepted' ? [committedEventOf(submission, result.acceptedAt)] : [];
      }),
    );
    return committed;
  }

  /** Counts a batch: once each run of events of one source and type. */
  private count(submissions: readonly Submission[], committed: readonly Committed[]): void {
    for (let start = 0, end; start < submissions.length; start = end) {
      const first = submissions[start];
      if (first === undefined) return;
      let [accepted, duplicates] = [0, 0];
      for (end = start; isAlike(first, submissions[end]); end++) {
        const kind = committed[end]?.kind;
        if (kind === 'accepted') accepted += 1;
        else if (kind === 'replayed') duplicates += 1;
      }
      const tally = this.samples.events(first.tenant, first.origin.source, first.type);
      if (accepted > 0) tally.count('accepted', accepted);
      if (duplicates > 0) tally.count('duplicates', duplicates);
    }
  }
}

function isAlike({ tenant, origin, type }: Submission, other: Submission | undefined): boolean {
  return other !== undefined && other.type === type && other.tenant === tenant && other.origin.source === origin.source;
}

function bytesOf({ payload, attributes }: NewEvent): number {
  return attributes === undefined ? payload.length : payload.length + attributesSize(attributes);
}

function acceptedOf(submission: Submission, committed: Exclude<Committed, { kind: 'released' }>): Accepted {
  switch (committed.kind) {
    case 'accepted':
      return { id: submission.id, acceptedAt: committed.acceptedAt, replayed: false };
    case 'replayed':
      return { id: committed.eventId, acceptedAt: committed.acceptedAt, replayed: true };
    case 'reused':
      throw keyReused(submission);
  }
}

function committedEventOf(submission: Submission, acceptedAt: string): CommittedEvent {
  const { id, tenant, shard, type, entity, origin, occurredAt, contentType, traceparent = null, attributes = null, payload } = submission;
  return { id, tenant, shard, type, entity, time: occurredAt?.toISOString() ?? acceptedAt, source: origin.source, contentType, traceparent, attributes, payload };
}

/** With the URL of the destination: the same body for another one is another event. Its endpoint may be another one later. */
function fingerprintOf({ origin, payload, destination }: NewEvent): Buffer {
  if (!origin.comparesBodies) return NO_FINGERPRINT;
  if (destination === undefined) return hash('sha256', payload, 'buffer');
  return createHash('sha256').update(`${destination.url} `).update(payload).digest();
}

export function overloaded(): LockstepError {
  return new LockstepError('overloaded', 'Too many events wait to be stored; try again shortly', { retryAfterSeconds: 1 });
}

function keyExpired(): LockstepError {
  return new LockstepError('store_unavailable', 'The event was not stored, because its idempotency key expired in this moment: send it again with the same key', { retryAfterSeconds: 1 });
}

function keyReused({ destination }: Pick<NewEvent, 'destination'>): LockstepError {
  const difference = destination === undefined ? 'another body' : 'another body or destination';
  return new LockstepError('idempotency_key_reused', `This idempotency key was used with ${difference}; use a new key for another event`);
}
