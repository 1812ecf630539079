import { Injectable } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import type { Config } from '#ground/config/config';
import { maxMessageBytes } from '#ground/kafka/message-size';
import { ShardTransport } from '#ground/kafka/shard-transport';
import { retryTopicName, tiersOf } from '#ground/kafka/topics';
import { type Fatal, InjectConfig, InjectFatal, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';

/** Kafka's default lower bound of a group's session timeout. */
const SHORTEST_SESSION_MS = 6_000;

/** The members of the dispatchers' group share the shards. */
@Injectable()
export class DispatcherTransport extends ShardTransport {
  constructor(
    kafka: Kafka,
    @InjectConfig() config: Pick<Config, 'kafka' | 'leaseTtlMs' | 'maxBodyBytes' | 'retryScheduleMs'>,
    @InjectLogger() logger: Logger,
    @InjectFatal() onFatal: Fatal,
  ) {
    const { topicPrefix, partitions } = config.kafka;
    // Below the lease's time: the group has assigned a dead member's shards by the time its leases end. After a restart
    // Kafka waits a session for members that return under new ids.
    const sessionTimeoutMs = Math.max(SHORTEST_SESSION_MS, 0.6 * config.leaseTtlMs);
    super({
      kafka,
      groupId: `${topicPrefix}dispatchers`,
      topicPrefix,
      topics: ['events', 'control'],
      quietTopics: tiersOf(config.retryScheduleMs).map(retryTopicName),
      shards: partitions,
      sessionTimeoutMs,
      rebalanceTimeoutMs: Math.max(sessionTimeoutMs, config.leaseTtlMs),
      maxRecordBytes: maxMessageBytes(config.maxBodyBytes),
      logger,
      // kafkajs ends a consumer for good on errors that it does not know.
      onFatal,
    });
  }
}
