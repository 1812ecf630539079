import { Injectable } from '@nestjs/common';
import type { DeliveryKey } from '#domain/ids';
import { type AcceptedRange, deliveryBoundsOf, idsIn } from '#manage/events/accepted-range';
import type { ListedDeliveryRow } from '#manage/events/deliveries.repository';
import { ListsDatabase, MAX_ROWS_READ } from '#manage/lists-database.module';
import { CountsDatabase } from './counts-database.module.js';
import type { Grouping } from './dead-letter.schema.js';
import { groupDeadLetters, type IGroupDeadLettersResult } from './group-dead-letters.queries.js';
import { listDeadLetters } from './list-dead-letters.queries.js';
import { listEndpointDeadLetters } from './list-endpoint-dead-letters.queries.js';

export interface DeadLetterFilter extends AcceptedRange {
  readonly tenant: string;
  /** An endpoint's UUID. */
  readonly endpointId: string | undefined;
  readonly entity: string | undefined;
  readonly type: string | undefined;
}

export type DeadLetterGroupRow = IGroupDeadLettersResult;

@Injectable()
export class DeadLettersRepository {
  constructor(
    private readonly lists: ListsDatabase,
    private readonly counts: CountsDatabase,
  ) {}

  /** Newest event first, after `after`. Reads a bounded number of rows, so fewer than `limit` may come (see `pageOfRead`). */
  async list({ endpointId, from, to, ...filter }: DeadLetterFilter, after: DeliveryKey | undefined, limit: number): Promise<ListedDeliveryRow[]> {
    const parameters = { ...filter, from, to, ...deliveryBoundsOf({ from, to }, after), mostRead: MAX_ROWS_READ, limit };
    const database = this.lists.of(filter.tenant, 'give `endpoint`, or a smaller range of `from` and `to`');
    return endpointId === undefined ? listDeadLetters.run(parameters, database) : listEndpointDeadLetters.run({ ...parameters, endpointId }, database);
  }

  /** Groups of all that match, those with the most first. @throws LockstepError overloaded when there are too many to count in time */
  group(filter: DeadLetterFilter, by: ReadonlySet<Grouping>, limit: number): Promise<DeadLetterGroupRow[]> {
    const { tenant, entity, type, from, to } = filter;
    const needsEvent = by.has('type') || [entity, type, from, to].some((value) => value !== undefined);
    const parameters = { ...filter, ...idsIn(filter), byEndpoint: by.has('endpoint'), byReason: by.has('reason'), byStatusCode: by.has('statusCode'), byType: by.has('type'), needsEvent, limit };
    return groupDeadLetters.run(parameters, this.counts.of(tenant, 'give `endpoint`, or a smaller range of `from` and `to`'));
  }
}
