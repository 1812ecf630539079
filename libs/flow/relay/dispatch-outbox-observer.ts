import { Injectable } from '@nestjs/common';
import { OpenShards } from '#flow/lanes/open-shards';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { readDispatchOutboxState } from './outbox-state.js';
import { dispatchOutboxGauges } from './relay.metrics.js';

/** The source of the gauges of dispatch records that are not in Kafka yet. */
@Injectable()
export class DispatchOutboxObserver {
  constructor(@InjectDatabase('housekeeping') database: Database, shards: OpenShards) {
    dispatchOutboxGauges.observe(() => readDispatchOutboxState(database, shards.shards()));
  }
}
