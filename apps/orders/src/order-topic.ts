import type { Kafka } from 'kafkajs';
import { ensureTopicsLike, PartitionsError, Topics } from '#ground/kafka/topics';
import type { Fatal } from '#ground/process/process-context';
import type { OrdersConfig } from './orders-config.js';

/** The topic's name without the prefix. */
export const ORDER_CREATED = 'order.created';

/**
 * Creates the topic, or checks it. A topic with another number of partitions ends the process, because waiting does not
 * change that number; orders that were taken until then wait in the outbox.
 */
export async function ensureOrderTopic(kafka: Kafka, config: Pick<OrdersConfig, 'kafka' | 'maxBodyBytes'>, fatal: Fatal): Promise<void> {
  const { topicPrefix, retentionMs } = config.kafka;
  try {
    await ensureTopicsLike(kafka, config, [{ topic: new Topics(topicPrefix).named(ORDER_CREATED), retentionMs }]);
  } catch (error) {
    if (error instanceof PartitionsError) fatal(error);
    throw error;
  }
}
