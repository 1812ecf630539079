import { Controller, UseFilters } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { HandlerErrorFilter } from '#ground/kafka/handler-error.filter';
import type { BatchResult, ShardBatch } from '#ground/kafka/shard-batch';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { ORDER_CREATED } from '../order-topic.js';
import { eventsReceived } from '../orders.metrics.js';
import { SagaRunner } from '../saga/saga-runner.js';
import { orderCreatedOf, PaymentsInbox } from './payments-inbox.js';

/** Payments: what is done when an order was created. */
@Controller()
@UseFilters(HandlerErrorFilter)
export class OrderCreatedController {
  constructor(
    private readonly inbox: PaymentsInbox,
    private readonly saga: SagaRunner,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /**
   * A batch is committed before the transport hears of it and moves the group's offsets on. A crash in between brings it
   * again, which the inbox takes for what it is; so does an error, by which the transport gives the batch again. What
   * Postgres refuses for good is passed over, loudly: its order stays `created`.
   */
  @EventPattern(ORDER_CREATED)
  async orderCreated(@Payload() { shard, records }: ShardBatch): Promise<BatchResult> {
    const events = records.flatMap((record) => {
      const event = orderCreatedOf(record);
      return event === undefined ? [] : [{ ...event, offset: record.offset }];
    });
    let refused = 0;
    const received = await this.inbox.receive(events, ({ eventId, orderId, offset }, err) => {
      refused += 1;
      this.logger.error({ err, partition: shard, offset, eventId, orderId }, 'Postgres can not hold what follows from an event: it is passed over');
    });
    eventsReceived.inc({ outcome: 'new' }, received);
    eventsReceived.inc({ outcome: 'repeat' }, events.length - received - refused);
    eventsReceived.inc({ outcome: 'refused' }, refused);
    eventsReceived.inc({ outcome: 'foreign' }, records.length - events.length);
    if (received > 0) this.saga.nudge();
    return { kind: 'done' };
  }
}
