import type { Kafka } from 'kafkajs';
import { ensureTopicsLike, type TopicsReport } from '#ground/kafka/ensure-topics';
import { Topics } from '#ground/kafka/topics';
import type { OrdersConfig } from './orders-config.js';

/** The topic's name without the prefix. */
export const ORDER_CREATED = 'order.created';

/** Creates the topic, or checks it. Orders wait in the outbox until it is usable. @throws TopicsError */
export function ensureOrderTopic(kafka: Kafka, config: Pick<OrdersConfig, 'kafka' | 'maxBodyBytes'>): Promise<TopicsReport> {
  const { topicPrefix, retentionMs } = config.kafka;
  return ensureTopicsLike(kafka, config, [{ topic: new Topics(topicPrefix).named(ORDER_CREATED), retentionMs }]);
}
