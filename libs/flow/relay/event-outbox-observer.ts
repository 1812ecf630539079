import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { readOutboxState } from './outbox-state.js';
import { outboxGauges } from './relay.metrics.js';

/** The source of the gauges of accepted events that are not in Kafka yet. */
@Injectable()
export class EventOutboxObserver {
  constructor(@InjectDatabase('housekeeping') database: Database) {
    outboxGauges.observe(() => readOutboxState(database));
  }
}
