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

/** Payments: takes in the events of created orders. */
@Controller()
@UseFilters(HandlerErrorFilter)
export class OrderCreatedController {
  constructor(
    private readonly inbox: PaymentsInbox,
    private readonly saga: SagaRunner,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /**
   * A batch is committed before the transport reports the group's offsets. After a crash or an error the batch comes again,
   * and the inbox recognises it. An event that Postgres refuses for good is logged and skipped; its order stays `created`.
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
      this.logger.error({ err, partition: shard, offset, eventId, orderId }, 'Postgres refuses the effects of an event; skipping the event');
    });
    eventsReceived.inc({ outcome: 'new' }, received);
    eventsReceived.inc({ outcome: 'repeat' }, events.length - received - refused);
    eventsReceived.inc({ outcome: 'refused' }, refused);
    eventsReceived.inc({ outcome: 'foreign' }, records.length - events.length);
    if (received > 0) this.saga.nudge();
    return { kind: 'done' };
  }
}
