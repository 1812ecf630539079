import { Injectable } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { ShardTransport } from '#ground/kafka/shard-transport';
import { maxMessageBytes } from '#ground/kafka/message-size';
import { type Fatal, InjectConfig, InjectFatal, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { ORDER_CREATED } from '../order-topic.js';
import type { OrdersConfig } from '../orders-config.js';

/** Kafka's default minimum. Another member gets a dead member's partitions after this time. */
const SESSION_MS = 6_000;

/** The members of payments' group share the partitions of `order.created`. */
@Injectable()
export class PaymentsTransport extends ShardTransport {
  /** The partitions that this process reads now. */
  partitions: readonly number[] = [];

  constructor(kafka: Kafka, @InjectConfig() config: Pick<OrdersConfig, 'kafka' | 'maxBodyBytes'>, @InjectLogger() logger: Logger, @InjectFatal() onFatal: Fatal) {
    const { topicPrefix, partitions } = config.kafka;
    super({
      kafka,
      groupId: `${topicPrefix}payments`,
      topicPrefix,
      topics: [ORDER_CREATED],
      quietTopics: [],
      shards: partitions,
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: SESSION_MS,
      maxRecordBytes: maxMessageBytes(config.maxBodyBytes),
      logger,
      onFatal,
    });
    this.onAssigned((assigned) => {
      this.partitions = assigned;
      for (const partition of assigned) this.open(partition);
    });
  }
}
