import { Injectable } from '@nestjs/common';
import { toPublicId } from '#domain/ids';
import type { Page } from '#ground/http/pagination';
import { DeliveriesService, deliveryKeyIn, endpointIdOf } from '#manage/events/deliveries.service';
import type { DeliverySummary } from '#manage/events/event.schema';
import type { DeadLetterGroups, DeadLetterGroupsQuery, DeadLetterQuery, Grouping } from './dead-letter.schema.js';
import { type DeadLetterGroupRow, DeadLettersRepository } from './dead-letters.repository.js';

@Injectable()
export class DeadLettersService {
  constructor(
    private readonly repository: DeadLettersRepository,
    private readonly deliveries: DeliveriesService,
  ) {}

  /** Newest event first. */
  async list(tenant: string, { endpoint, entity, type, from, to, limit, cursor }: DeadLetterQuery): Promise<Page<DeliverySummary>> {
    const filter = { tenant, endpointId: endpointIdOf(endpoint), entity, type, from, to };
    return this.deliveries.pageOf(await this.repository.list(filter, deliveryKeyIn(cursor), limit + 1), limit);
  }

  /** Counts the matching dead letters by what is asked for. @throws LockstepError overloaded when there are too many to count in time */
  async group(tenant: string, { by, endpoint, entity, type, from, to, limit }: DeadLetterGroupsQuery): Promise<DeadLetterGroups> {
    const rows = await this.repository.group({ tenant, endpointId: endpointIdOf(endpoint), entity, type, from, to }, by, limit);
    return { data: rows.map((row) => groupOf(row, by)), groups: rows[0]?.groups ?? 0, deadLetters: rows[0]?.letters ?? 0 };
  }
}

function groupOf({ endpointId, reason, statusCode, type, count, oldestAt, newestAt }: DeadLetterGroupRow, by: ReadonlySet<Grouping>): DeadLetterGroups['data'][number] {
  return {
    ...(endpointId !== null && by.has('endpoint') ? { endpoint: toPublicId('ep', endpointId) } : {}),
    ...(by.has('reason') ? { reason } : {}),
    ...(by.has('statusCode') ? { statusCode } : {}),
    ...(type !== null && by.has('type') ? { type } : {}),
    count,
    oldestAt: oldestAt.toISOString(),
    newestAt: newestAt.toISOString(),
  };
}
