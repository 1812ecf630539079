import { Injectable } from '@nestjs/common';
import { mintId } from '#domain/ids';
import { shardOf } from '#domain/shard';
import { OPERATIONAL_SOURCE } from '#domain/source-provider';
import { acceptedSpan, COMMIT_EVENTS } from '#flow/ingest/accepted-span';
import { eventsAccepted, OPERATIONAL } from '#flow/ingest/ingest.metrics';
import type { Config } from '#ground/config/config';
import { Poll } from '#ground/polling/poll';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import type { OpenSpan } from '#ground/tracing/span';
import { Tracing } from '#ground/tracing/tracing';
import { type OperationalEvent, type OperationalEventRow, OperationalEventsRepository } from './operational-events.repository.js';

const INTERVAL_MS = 500;
/** As many as ingest accepts in one statement. */
const BATCH_ROWS = 500;

/**
 * Accepts operational events, of all tenants. The statement that caused one has written its row; here the row becomes an event
 * in one statement, so each is accepted once, whatever process dies. The rows wait in Postgres while no gateway runs.
 */
@Injectable()
export class OperationalEventsPoster {
  private readonly poll: Poll;

  constructor(
    private readonly repository: OperationalEventsRepository,
    @InjectConfig() private readonly config: { readonly kafka: Pick<Config['kafka'], 'partitions'> },
    @InjectLogger() logger: Logger,
    private readonly tracing: Tracing,
  ) {
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: (signal) => this.post(signal),
      onError: (err) => logger.warn({ err }, 'Operational events could not be accepted; retrying'),
    });
  }

  start(): void {
    this.poll.start();
  }

  stop(): Promise<void> {
    return this.poll.stop();
  }

  /** Accepts all that wait. @throws what Postgres throws */
  async post(signal?: AbortSignal): Promise<void> {
    for (let hasMore = true; hasMore && signal?.aborted !== true; ) {
      const rows = await this.repository.read(BATCH_ROWS);
      hasMore = rows.length === BATCH_ROWS;
      if (rows.length > 0) eventsAccepted.inc({ ...OPERATIONAL }, await this.accept(rows.map((row) => this.eventOf(row))));
    }
  }

  private async accept(events: readonly OperationalEvent[]): Promise<number> {
    const spanned = this.tracing.isOn ? events.map((event) => ({ event, span: this.tracing.begin(event.id, null, 'accept') })) : [];
    // Otherwise another gateway has accepted some, and the answer does not say which.
    const isAll = (accepted: number): boolean => accepted === events.length;
    const accepted = await this.tracing.batch(COMMIT_EVENTS, spanned, () => this.repository.accept(events), isAll);
    if (isAll(accepted)) for (const { event, span } of spanned) if (span !== undefined) this.endSpan(event, span);
    return accepted;
  }

  private endSpan({ row: { tenant, type, entity }, id, shard, payload }: OperationalEvent, span: OpenSpan): void {
    const facts = { id, tenant, type, entity, shard, payload: { length: Buffer.byteLength(payload) }, origin: { source: OPERATIONAL_SOURCE } };
    this.tracing.end(span, acceptedSpan('internal', facts));
  }

  /** The body has the form of a post. */
  private eventOf(row: OperationalEventRow): OperationalEvent {
    const { tenant, type, entity, data, at } = row;
    return {
      row,
      id: mintId(),
      shard: shardOf(tenant, entity, this.config.kafka.partitions),
      payload: JSON.stringify({ type, entity, timestamp: at.toISOString(), data }),
    };
  }
}
