import { Injectable } from '@nestjs/common';
import type { ShardLanes } from './shard-lanes.js';

/** The shards that this process owns, with their lanes. */
@Injectable()
export class OpenShards {
  private readonly byShard = new Map<number, ShardLanes>();

  add(lanes: ShardLanes): void {
    this.byShard.set(lanes.shard, lanes);
  }

  remove(lanes: ShardLanes): void {
    if (this.byShard.get(lanes.shard) === lanes) this.byShard.delete(lanes.shard);
  }

  find(shard: number): ShardLanes | undefined {
    return this.byShard.get(shard);
  }

  all(): ShardLanes[] {
    return [...this.byShard.values()];
  }

  /** Those whose lanes may send. */
  active(): ShardLanes[] {
    return this.all().filter(({ lease }) => lease.isActive);
  }

  /** The numbers of all. */
  shards(): number[] {
    return [...this.byShard.keys()];
  }
}
