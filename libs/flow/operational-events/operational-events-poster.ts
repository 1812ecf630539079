import { Injectable } from '@nestjs/common';
import { mintId } from '#domain/ids';
import { shardOf } from '#domain/shard';
import { eventsAccepted, OPERATIONAL } from '#flow/ingest/ingest.metrics';
import type { Config } from '#ground/config/config';
import { Poll } from '#ground/polling/poll';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
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
      if (rows.length > 0) eventsAccepted.inc({ ...OPERATIONAL }, await this.repository.accept(rows.map((row) => this.eventOf(row))));
    }
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
