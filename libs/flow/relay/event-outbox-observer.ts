import { Injectable } from '@nestjs/common';
import type { Config } from '#ground/config/config';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { InjectConfig } from '#ground/process/process-context';
import { readOutboxState } from './outbox-state.js';
import { outboxGauges, shards } from './relay.metrics.js';

/** The source of the gauges of accepted events that are not in Kafka yet. */
@Injectable()
export class EventOutboxObserver {
  constructor(@InjectDatabase('housekeeping') database: Database, @InjectConfig() { kafka }: { readonly kafka: Pick<Config['kafka'], 'partitions'> }) {
    outboxGauges.observe(() => readOutboxState(database));
    shards.observe(() => kafka.partitions);
  }
}
