import { Injectable } from '@nestjs/common';
import type { Config } from '#ground/config/config';
import { VERSION } from '#ground/config/version';
import { Topics, tiersOf } from '#ground/kafka/topics';
import { TopicsKeeper } from '#ground/kafka/topics-keeper';
import { InjectConfig } from '#ground/process/process-context';
import { PartitionKeeper } from '#upkeep/partitions';
import { EventsLag } from './events-lag.js';
import type { System } from './system.schema.js';
import { type ProcessRow, type ShardStateRow, SystemRepository } from './system.repository.js';

type Shard = System['shards'][number];

/** The state of the installation. It has nothing of any tenant. */
@Injectable()
export class SystemService {
  constructor(
    private readonly repository: SystemRepository,
    private readonly lag: EventsLag,
    private readonly topics: Topics,
    private readonly keeper: TopicsKeeper,
    private readonly partitions: PartitionKeeper,
    @InjectConfig() private readonly config: Pick<Config, 'kafka' | 'retryScheduleMs'>,
  ) {}

  /** @param isAdmin whether hosts and problems may be told */
  async read(isAdmin: boolean): Promise<System> {
    const [processes, rows, until, ends] = await Promise.all([this.repository.processes(), this.repository.shards(), this.repository.partitionsEnd(), this.lag.ends()]);
    const shards = rows.map((row) => shardOf(row, ends?.get(row.shard)));
    const { topics, keeper, config } = this;
    const tables = this.partitions.problem;
    return {
      at: new Date().toISOString(),
      version: VERSION,
      processes: processes.map((row) => processOf(row, isAdmin)),
      shards,
      relay: { waiting: shards.reduce((sum, { outbox }) => sum + outbox.waiting, 0), oldestAt: shards.flatMap(({ outbox }) => outbox.oldestAt ?? []).sort()[0] ?? null },
      partitions: { until: until?.toISOString() ?? null, status: tables === undefined ? 'ok' : 'failing', problem: (isAdmin ? tables : undefined) ?? null },
      topics: {
        names: [topics.events, topics.control, topics.deadLetters, ...tiersOf(config.retryScheduleMs).map((delayMs) => topics.retry(delayMs))],
        partitions: config.kafka.partitions,
        status: keeper.problem !== undefined ? 'failing' : keeper.warning !== undefined ? 'degraded' : 'ok',
        problem: (isAdmin ? keeper.problem ?? keeper.warning : undefined) ?? null,
      },
    };
  }
}

function processOf({ id, app, version, runs, startedAt, seenAt, host, pid }: ProcessRow, isAdmin: boolean): System['processes'][number] {
  const status = runs ? 'running' : 'lost';
  return { id, app, version, status, startedAt: startedAt.toISOString(), seenAt: seenAt.toISOString(), host: isAdmin ? host : null, pid: isAdmin ? pid : null };
}

function shardOf(row: ShardStateRow, end: number | undefined): Shard {
  const { shard, isOwned, owner, epoch, expiresAt, relay, nextOffset, caughtUpAt, events, oldestEventAt, records, oldestRecordAt } = row;
  return {
    shard, status: isOwned ? 'owned' : 'free', owner, epoch, leaseExpiresAt: expiresAt.toISOString(), relay,
    outbox: { waiting: events, oldestAt: oldestEventAt?.toISOString() ?? null },
    dispatchOutbox: { waiting: records, oldestAt: oldestRecordAt?.toISOString() ?? null },
    nextOffset, lag: end === undefined ? null : Math.max(0, end - nextOffset), caughtUpAt: caughtUpAt.toISOString(),
  };
}
