import type { Topics } from '#ground/kafka/topics';
import type { Database } from '#ground/postgres/pool';
import type { Logger } from '#ground/telemetry/logger';
import { readDispatchOutbox } from './read-dispatch-outbox.queries.js';
import { orphanedTokens, relayedRecords } from './relay.metrics.js';
import { READ_BOUNDS, type RelayRow, type RelaySource } from './relay-source.js';

/** The outbox of dispatchers: retry tokens, dead letters and nudges for their topics. */
export class DispatchOutbox implements RelaySource<RelayRow> {
  private readonly retryTopicPrefix: string;
  private readonly retryTopics: ReadonlySet<string>;
  private readonly loggedTopics = new Set<string>();

  /** @param tiersMs delays of the retry tiers, in milliseconds */
  constructor(
    private readonly database: Database,
    private readonly topics: Topics,
    tiersMs: readonly number[],
    private readonly logger: Logger,
  ) {
    this.retryTopicPrefix = topics.named('retry.');
    this.retryTopics = new Set(tiersMs.map((tierMs) => topics.retry(tierMs)));
    for (const topic of [...this.retryTopics, topics.deadLetters, topics.control]) relayedRecords.inc({ topic }, 0);
  }

  /**
   * Like every source, except that retry tokens of a tier that the schedule no longer has are removed unsent. Nothing
   * reads their topic, and if it was deleted, they would block all records behind them. A token is only a nudge: the
   * scan starts its head in time.
   */
  async next(shards: readonly number[], sent: readonly RelayRow[]): Promise<readonly RelayRow[]> {
    for (let removed = sent; ; ) {
      const rows = await this.read(shards, removed);
      removed = rows.filter(({ topic }) => topic.startsWith(this.retryTopicPrefix) && !this.retryTopics.has(topic));
      if (removed.length === 0) return rows;
      for (const { topic } of removed) this.onOrphan(topic);
    }
  }

  private async read(shards: readonly number[], removed: readonly RelayRow[]): Promise<readonly RelayRow[]> {
    const sentShards = removed.map(({ shard }) => shard);
    const sentIds = removed.map(({ sequence }) => sequence);
    const rows = await readDispatchOutbox.run({ shards: [...shards], sentShards, sentIds, ...READ_BOUNDS }, this.database);
    return rows.map(({ id, shard, topic, key, headers, value }) => ({
      sequence: id,
      shard,
      topic: this.topics.named(topic),
      message: { key, value, partition: shard, headers: headers as Record<string, string> },
    }));
  }

  private onOrphan(topic: string): void {
    orphanedTokens.inc({ topic });
    if (this.loggedTopics.has(topic)) return;
    this.loggedTopics.add(topic);
    this.logger.info({ topic }, 'Removing retry tokens of a tier that the retry schedule no longer has; the scan starts their deliveries in time');
  }
}
