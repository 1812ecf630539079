import type { Topics } from '#ground/kafka/topics';
import type { Database } from '#ground/postgres/pool';
import type { Logger } from '#ground/telemetry/logger';
import { readDispatchOutbox } from './read-dispatch-outbox.queries.js';
import { orphanedTokens } from './relay.metrics.js';
import { READ_BOUNDS, type RelayRow, type RelaySource } from './relay-source.js';

/** Records that outcomes and operators' actions made (retry tokens, dead letters, nudges), on their way to their topics. */
export class DispatchOutbox implements RelaySource<RelayRow> {
  private readonly retryTopics: string;
  private readonly rungs: ReadonlySet<string>;
  /** Topics of rungs that are gone, and were spoken of. */
  private readonly gone = new Set<string>();

  /** @param tiersMs the retry ladder's rungs, in milliseconds */
  constructor(
    private readonly database: Database,
    private readonly topics: Topics,
    tiersMs: readonly number[],
    private readonly logger: Logger,
  ) {
    this.retryTopics = topics.named('retry.');
    this.rungs = new Set(tiersMs.map((tierMs) => topics.retry(tierMs)));
  }

  /**
   * As every source; but retry tokens for a rung that the schedule no longer has are removed unsent. Nobody reads their
   * topic, and where it is gone they would hold up all that is behind them. A token is only a nudge: its head is started
   * by the sweeper when its time has come.
   */
  async next(shards: readonly number[], moved: readonly RelayRow[]): Promise<readonly RelayRow[]> {
    for (let removed = moved; ; ) {
      const rows = await this.read(shards, removed);
      removed = rows.filter(({ topic }) => topic.startsWith(this.retryTopics) && !this.rungs.has(topic));
      if (removed.length === 0) return rows;
      for (const { topic } of removed) this.passOver(topic);
    }
  }

  private async read(shards: readonly number[], removed: readonly RelayRow[]): Promise<readonly RelayRow[]> {
    const movedShards = removed.map(({ shard }) => shard);
    const movedIds = removed.map(({ sequence }) => sequence);
    const rows = await readDispatchOutbox.run({ shards: [...shards], movedShards, movedIds, ...READ_BOUNDS }, this.database);
    return rows.map(({ id, shard, topic, key, headers, value }) => ({
      sequence: id,
      shard,
      topic: this.topics.named(topic),
      message: { key, value, partition: shard, headers: headers as Record<string, string> },
    }));
  }

  private passOver(topic: string): void {
    orphanedTokens.inc({ topic });
    if (this.gone.has(topic)) return;
    this.gone.add(topic);
    this.logger.info({ topic }, 'Retry tokens for a rung that the schedule no longer has are removed: the sweeper starts what they stand for');
  }
}
