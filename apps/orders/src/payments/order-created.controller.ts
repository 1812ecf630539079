import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { BatchResult, ShardBatch } from '#kafka/shard-batch';
import { eventsReceived } from '../orders.metrics.js';
import { SagaRunner } from '../saga/saga-runner.js';
import { orderCreatedOf, PaymentsInbox } from './payments-inbox.js';

/** The topic's name without the prefix. */
export const ORDER_CREATED = 'order.created';

/** Payments: what is done when an order was created. */
@Controller()
export class OrderCreatedController {
  constructor(
    private readonly inbox: PaymentsInbox,
    private readonly saga: SagaRunner,
  ) {}

  /**
   * A batch is committed before the transport hears of it and moves the group's offsets on. A crash in between brings it
   * again, which the inbox takes for what it is; so does an error, by which the transport gives the batch again.
   */
  @EventPattern(ORDER_CREATED)
  async orderCreated(@Payload() { records }: ShardBatch): Promise<BatchResult> {
    const events = records.flatMap((record) => orderCreatedOf(record) ?? []);
    const received = await this.inbox.receive(events);
    eventsReceived.inc({ outcome: 'new' }, received);
    eventsReceived.inc({ outcome: 'repeat' }, events.length - received);
    eventsReceived.inc({ outcome: 'foreign' }, records.length - events.length);
    if (received > 0) this.saga.nudge();
    return { kind: 'done' };
  }
}
