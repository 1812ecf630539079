import { Injectable } from '@nestjs/common';
import type { DeliveryKey } from '#domain/ids';
import { type AcceptedRange, deliveryBoundsOf } from '#manage/events/accepted-range';
import type { ListedDeliveryRow } from '#manage/events/deliveries.repository';
import { ListsDatabase, MAX_ROWS_READ } from '#manage/lists-database.module';
import { listDeadLetters } from './list-dead-letters.queries.js';
import { listEndpointDeadLetters } from './list-endpoint-dead-letters.queries.js';

export interface DeadLetterFilter extends AcceptedRange {
  readonly tenant: string;
  /** An endpoint's UUID. */
  readonly endpointId: string | undefined;
  readonly entity: string | undefined;
  readonly type: string | undefined;
}

@Injectable()
export class DeadLettersRepository {
  constructor(private readonly lists: ListsDatabase) {}

  /** Newest event first, after `after`. Reads a bounded number of rows, so fewer than `limit` may come (see `pageOfRead`). */
  async list({ endpointId, from, to, ...filter }: DeadLetterFilter, after: DeliveryKey | undefined, limit: number): Promise<ListedDeliveryRow[]> {
    const parameters = { ...filter, from, to, ...deliveryBoundsOf({ from, to }, after), mostRead: MAX_ROWS_READ, limit };
    const database = this.lists.of(filter.tenant, 'give `endpoint`, or a smaller range of `from` and `to`');
    return endpointId === undefined ? listDeadLetters.run(parameters, database) : listEndpointDeadLetters.run({ ...parameters, endpointId }, database);
  }
}
