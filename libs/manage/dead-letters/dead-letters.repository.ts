import { Injectable } from '@nestjs/common';
import type { DeliveryKey } from '#domain/ids';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { type DeliveryRow, HIGHEST_DELIVERY } from '#manage/events/deliveries.repository';
import { listDeadLetters } from './list-dead-letters.queries.js';
import { listEndpointDeadLetters } from './list-endpoint-dead-letters.queries.js';

export interface DeadLetterFilter {
  readonly tenant: string;
  /** An endpoint's UUID. */
  readonly endpointId: string | undefined;
  readonly entity: string | undefined;
  readonly type: string | undefined;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

@Injectable()
export class DeadLettersRepository {
  constructor(@InjectDatabase('api') private readonly database: Database) {}

  /** Newest event first, after `after`. */
  async list({ endpointId, ...filter }: DeadLetterFilter, after: DeliveryKey | undefined, limit: number): Promise<DeliveryRow[]> {
    const { eventId: event, endpoint, replay } = after ?? HIGHEST_DELIVERY;
    const parameters = { ...filter, event, endpoint, replay, limit };
    return endpointId === undefined ? listDeadLetters.run(parameters, this.database) : listEndpointDeadLetters.run({ ...parameters, endpointId }, this.database);
  }
}
