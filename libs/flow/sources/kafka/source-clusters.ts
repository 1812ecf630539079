import { Injectable } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { DEFAULT_TENANT } from '#domain/tenant';
import type { Config } from '#ground/config/config';
import { createKafka, type KafkaConnection } from '#ground/kafka/client';
import { guardedSockets } from '#ground/kafka/guarded-sockets';
import { Topics } from '#ground/kafka/topics';
import { readCompressedBatches } from '#ground/kafka/wire/read-compressed';
import { AddressPolicy } from '#ground/network/address-policy';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import type { KafkaSettings } from './kafka-settings.js';
import type { KafkaSource } from './kafka-source.js';

/** The source may not read this topic. */
export class TopicForbiddenError extends Error {
  override readonly name = 'TopicForbiddenError';
}

const CLIENT_ID = 'lockstep-source';

/**
 * Leads to the clusters of sources, and keeps sources from what is not theirs. Connections to a cluster that a source names
 * obey the rules of deliveries for addresses. The installation's own cluster has the events of all tenants: only sources of
 * the tenant `default` read from it, and none of them Lockstep's own topics, however they reach it.
 */
@Injectable()
export class SourceClusters {
  private ownId: Promise<string> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly topics: Topics,
    private readonly policy: AddressPolicy,
    @InjectConfig() private readonly config: Pick<Config, 'kafka'>,
    @InjectLogger() private readonly logger: Logger,
  ) {
    // Others compress as they like.
    readCompressedBatches();
  }

  /** A client of its own for each use, so that one that has failed leaves nothing behind. @param password of the cluster */
  clientOf({ brokers, ssl = false, sasl }: KafkaSettings, password: string | undefined): Kafka {
    if (brokers === undefined) return createKafka(this.config.kafka, CLIENT_ID, this.logger);
    const connection: KafkaConnection = {
      brokers, ssl, socketFactory: guardedSockets(this.policy),
      sasl: sasl === undefined ? undefined : { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password ?? password ?? '' },
    };
    return createKafka(connection, CLIENT_ID, this.logger);
  }

  /**
   * @param clusterId of the cluster that the source's client has reached
   * @throws TopicForbiddenError; what kafkajs throws if the installation's own cluster does not answer
   */
  async authorize({ tenant }: KafkaSource, { brokers, topic }: KafkaSettings, clusterId: string): Promise<void> {
    if (brokers !== undefined && clusterId !== (await this.ownClusterId())) return;
    if (tenant !== DEFAULT_TENANT) throw new TopicForbiddenError(`Only sources of the tenant ${DEFAULT_TENANT} may read from Lockstep's own cluster: set \`brokers\` to another one`);
    if (topic.startsWith('__') || this.isOwn(topic)) throw new TopicForbiddenError(`${topic} is one of Lockstep's or Kafka's own topics`);
  }

  private isOwn(topic: string): boolean {
    return [this.topics.events, this.topics.control, this.topics.deadLetters].includes(topic) || topic.startsWith(this.topics.named('retry.'));
  }

  private async ownClusterId(): Promise<string> {
    this.ownId ??= this.askOwnClusterId();
    try {
      return await this.ownId;
    } catch (error) {
      this.ownId = undefined;
      throw error;
    }
  }

  private async askOwnClusterId(): Promise<string> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return (await admin.describeCluster()).clusterId;
    } finally {
      await admin.disconnect();
    }
  }
}
