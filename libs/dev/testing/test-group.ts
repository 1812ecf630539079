import { type DynamicModule, Module } from '@nestjs/common';
import { ShardTransport } from '#ground/kafka/shard-transport';

@Module({})
class TestGroupModule {}

/** The dispatchers' Kafka group, as a test decides on it: which shards it assigns, and which partitions are read. */
export class TestGroup {
  /** Shards whose partitions are open. */
  readonly open = new Set<number>();
  /** The offsets that partitions of `events` were opened at, oldest first. */
  readonly openedAt: number[] = [];
  assign: (shards: readonly number[]) => void = () => undefined;

  private readonly transport: Pick<ShardTransport, 'isHeartbeatFresh' | 'onAssigned' | 'onFetchRecovered' | 'open' | 'shut'> = {
    isHeartbeatFresh: true,
    onAssigned: (listener) => (this.assign = listener),
    onFetchRecovered: () => undefined,
    open: (shard, offset) => {
      this.open.add(shard);
      if (offset !== undefined) this.openedAt.push(offset);
    },
    shut: (shard) => this.open.delete(shard),
  };

  /** Provides the `ShardTransport` that modules of the flow need. */
  readonly module: DynamicModule = {
    module: TestGroupModule, global: true, providers: [{ provide: ShardTransport, useValue: this.transport }], exports: [ShardTransport],
  };
}
