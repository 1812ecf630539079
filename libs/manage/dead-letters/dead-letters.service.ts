import { Injectable } from '@nestjs/common';
import type { Page } from '#ground/http/pagination';
import { DeliveriesService, deliveryKeyIn, endpointIdOf } from '#manage/events/deliveries.service';
import type { DeliverySummary } from '#manage/events/event.schema';
import type { DeadLetterQuery } from './dead-letter.schema.js';
import { DeadLettersRepository } from './dead-letters.repository.js';

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
}
