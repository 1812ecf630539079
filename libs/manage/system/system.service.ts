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

const FRESH_MS = 1_000;

/** The state of the installation. It contains no tenant's data. */
@Injectable()
export class SystemService {
  private state: Promise<System> | undefined;
  private freshUntilMs = 0;

  constructor(
    private readonly repository: SystemRepository,
    private readonly lag: EventsLag,
    private readonly topics: Topics,
    private readonly keeper: TopicsKeeper,
    private readonly partitions: PartitionKeeper,
    @InjectConfig() private readonly config: Pick<Config, 'kafka' | 'retryScheduleMs'>,
  ) {}

  /** At most a second old: many requests cost as much as one. @param isAdmin whether it shows volume, versions, hosts and names, too */
  async read(isAdmin: boolean): Promise<System> {
    if (this.state === undefined || performance.now() > this.freshUntilMs) {
      this.freshUntilMs = Infinity;
      this.state = this.load().finally(() => {
        this.freshUntilMs = performance.now() + FRESH_MS;
      });
    }
    const state = await this.state;
    return isAdmin ? state : forEveryone(state);
  }

  private async load(): Promise<System> {
    const [processes, rows, until, ends] = await Promise.all([this.repository.processes(), this.repository.shards(), this.repository.partitionsEnd(), this.lag.ends()]);
    const shards = rows.map((row) => shardOf(row, ends?.get(row.shard)));
    const { topics, keeper, config } = this;
    const tables = this.partitions.problem;
    return {
      at: new Date().toISOString(),
      version: VERSION,
      processes: processes.map(processOf),
      shards,
      relay: { waiting: rows.reduce((sum, { events }) => sum + events, 0), oldestAt: shards.flatMap(({ outbox }) => outbox.oldestAt ?? []).sort()[0] ?? null },
      partitions: { until: until?.toISOString() ?? null, status: tables === undefined ? 'ok' : 'failing', problem: tables ?? null },
      topics: {
        names: [topics.events, topics.control, topics.deadLetters, ...tiersOf(config.retryScheduleMs).map((delayMs) => topics.retry(delayMs))],
        partitions: config.kafka.partitions,
        status: keeper.problem !== undefined ? 'failing' : keeper.warning !== undefined ? 'degraded' : 'ok',
        problem: keeper.problem ?? keeper.warning ?? null,
      },
    };
  }
}

/** Without what shows how much other tenants do, and what only operators need. */
function forEveryone({ processes, shards, relay, partitions, topics, ...state }: System): System {
  return {
    ...state,
    version: null,
    processes: processes.map((process) => ({ ...process, version: null, host: null, pid: null })),
    shards: shards.map(({ outbox, dispatchOutbox, ...shard }) => ({
      ...shard, outbox: { ...outbox, waiting: null }, dispatchOutbox: { ...dispatchOutbox, waiting: null }, nextOffset: null, lag: null,
    })),
    relay: { ...relay, waiting: null },
    partitions: { ...partitions, problem: null },
    topics: { ...topics, names: null, problem: null },
  };
}

function processOf({ runs, startedAt, seenAt, ...process }: ProcessRow): System['processes'][number] {
  return { ...process, status: runs ? 'running' : 'lost', startedAt: startedAt.toISOString(), seenAt: seenAt.toISOString() };
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
