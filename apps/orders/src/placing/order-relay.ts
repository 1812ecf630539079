import { Injectable } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { Relay } from '#flow/relay/relay';
import { createRelayProducer } from '#flow/relay/relay-sender';
import { maxBatchBytes } from '#ground/kafka/message-size';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import type { OrdersConfig } from '../orders-config.js';
import { PaymentsTransport } from '../payments/payments.transport.js';
import { OrderOutbox, type OrderRow } from './order-outbox.js';

/**
 * Lockstep's relay on the orders' outbox. It relays the partitions that payments reads in this process, so that each
 * partition has one relay.
 */
@Injectable()
export class OrderRelay extends Relay<OrderRow> {
  constructor(outbox: OrderOutbox, kafka: Kafka, payments: PaymentsTransport, @InjectConfig() config: Pick<OrdersConfig, 'maxBodyBytes'>, @InjectLogger() logger: Logger) {
    super({
      source: outbox,
      producer: createRelayProducer(kafka),
      shards: () => payments.partitions,
      maxBatchBytes: maxBatchBytes(config.maxBodyBytes),
      logger,
    });
  }
}
