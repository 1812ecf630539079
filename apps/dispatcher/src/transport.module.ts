import { Global, Module } from '@nestjs/common';
import { ShardTransport } from '#ground/kafka/shard-transport';
import { DispatcherTransport } from './dispatcher.transport.js';
import { GroupIndicator } from './group.indicator.js';

/** The dispatchers' group, for all steps that open and close partitions or look at the membership. */
@Global()
@Module({
  providers: [DispatcherTransport, { provide: ShardTransport, useExisting: DispatcherTransport }, GroupIndicator],
  exports: [DispatcherTransport, ShardTransport, GroupIndicator],
})
export class TransportModule {}
