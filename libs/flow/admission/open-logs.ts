import { Inject, Injectable } from '@nestjs/common';
import type { ShardLanes } from '#flow/lanes/shard-lanes';
import { ShardTransport } from '#ground/kafka/shard-transport';
import { shardLag, shardNextOffset, shardRepairing } from './admission.metrics.js';
import { type LogPosition, ShardLog } from './shard-log.js';

/** A log that may be read, with the lanes that its events go to. */
export interface OpenLog {
  readonly lanes: ShardLanes;
  readonly log: ShardLog;
}

/** The logs of the shards that this process reads. The shards' supervisor opens and closes them. */
@Injectable()
export class OpenLogs {
  private readonly byShard = new Map<number, OpenLog>();

  constructor(@Inject(ShardTransport) private readonly gate: Pick<ShardTransport, 'open' | 'shut' | 'onFetchRecovered'>) {
    // The topic may have been deleted and created again: the next batch of each log is compared with what was read.
    gate.onFetchRecovered(() => this.reopenAll());
    shardLag.observe(() => [...this.byShard].flatMap(([shard, { log: { lag } }]) => (lag === undefined ? [] : [{ labels: { shard }, value: lag }])));
    shardNextOffset.observe(() => [...this.byShard].map(([shard, { log }]) => ({ labels: { shard }, value: log.position.nextOffset })));
    shardRepairing.observe(() => [...this.byShard].map(([shard, { log }]) => ({ labels: { shard }, value: log.state === 'repairing' ? 1 : 0 })));
  }

  find(shard: number): OpenLog | undefined {
    return this.byShard.get(shard);
  }

  /** Those that are not being repaired. */
  readable(): OpenLog[] {
    return [...this.byShard.values()].filter(({ log }) => log.mayRead);
  }

  /** Reads a shard's log, from the cursor on. */
  open(lanes: ShardLanes, cursor: LogPosition): void {
    const log = new ShardLog(cursor);
    this.byShard.set(lanes.shard, { lanes, log });
    this.openPartition(lanes.shard, log.open());
  }

  /** Opens the log again if it is open: its partition was paused, or may hold another log now. */
  reopen(shard: number): void {
    const open = this.byShard.get(shard);
    if (open !== undefined) this.openPartition(shard, open.log.open());
  }

  /** A repair has ended: the log is read from this offset on. */
  resume({ lanes }: OpenLog, offset: number): void {
    this.gate.open(lanes.shard, offset);
  }

  close(shard: number): void {
    this.gate.shut(shard);
    this.byShard.get(shard)?.log.close();
    this.byShard.delete(shard);
  }

  private reopenAll(): void {
    for (const shard of this.byShard.keys()) this.reopen(shard);
  }

  private openPartition(shard: number, offset: number | undefined): void {
    if (offset !== undefined) this.gate.open(shard, offset);
  }
}
