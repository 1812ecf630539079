import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Kafka } from 'kafkajs';
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
import { ownClusterProblem } from './own-cluster-rules.js';

/** The source may not read this topic. */
export class TopicForbiddenError extends Error {
  override readonly name = 'TopicForbiddenError';
}

const CLIENT_ID = 'lockstep-source';
/** Brokers that are added to the own cluster are known after this. */
const OWN_MAX_AGE_MS = 60_000;

interface OwnCluster {
  readonly id: string;
  /** Addresses of its brokers by port. */
  readonly addresses: ReadonlyMap<number, BlockList>;
}

/**
 * Leads to the clusters of sources, and keeps sources from what is not theirs. Connections to a cluster that a source names
 * obey the rules of deliveries for addresses, and never go to a broker of the installation's own cluster, which has the events
 * of all tenants: what a cluster says of itself proves nothing. Only sources of the tenant `default` read from the own cluster,
 * and none of them Lockstep's own topics, however they reach it.
 */
@Injectable()
export class SourceClusters {
  private own: { readonly cluster: Promise<OwnCluster>; readonly askedAtMs: number } | undefined;

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

  /**
   * A client of its own for each use, so that one that has failed leaves nothing behind.
   * @param password of the cluster
   * @throws what kafkajs throws if the installation's own cluster does not answer
   */
  async clientOf({ brokers, ssl = false, sasl }: KafkaSettings, password: string | undefined): Promise<Kafka> {
    if (brokers === undefined) return createKafka(this.config.kafka, CLIENT_ID, this.logger);
    const { addresses } = await this.ownCluster();
    const isOwn = (address: string, port: number): boolean => addresses.get(port)?.check(address, familyOf(address)) === true;
    const connection: KafkaConnection = {
      brokers, ssl, socketFactory: guardedSockets(this.policy, isOwn),
      sasl: sasl === undefined ? undefined : { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password ?? password ?? '' },
    };
    return createKafka(connection, CLIENT_ID, this.logger);
  }

  /**
   * @param clusterId of the cluster that the source's client has reached
   * @throws TopicForbiddenError; what kafkajs throws if the installation's own cluster does not answer
   */
  async authorize({ tenant }: KafkaSource, { brokers, topic }: KafkaSettings, clusterId: string): Promise<void> {
    if (brokers !== undefined && clusterId !== (await this.ownCluster()).id) return;
    const problem = ownClusterProblem(tenant, topic, this.topics);
    if (problem !== undefined) throw new TopicForbiddenError(`\`${problem.setting}\` ${problem.message}`);
  }

  private async ownCluster(): Promise<OwnCluster> {
    const nowMs = performance.now();
    if (this.own === undefined || nowMs - this.own.askedAtMs > OWN_MAX_AGE_MS) this.own = { cluster: this.askOwnCluster(), askedAtMs: nowMs };
    try {
      return await this.own.cluster;
    } catch (error) {
      this.own = undefined;
      throw error;
    }
  }

  private async askOwnCluster(): Promise<OwnCluster> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const { clusterId, brokers } = await admin.describeCluster();
      const configured = this.config.kafka.brokers.map((broker) => ({ host: broker.slice(0, broker.lastIndexOf(':')).replace(/^\[|\]$/g, ''), port: Number(broker.slice(broker.lastIndexOf(':') + 1)) }));
      const addresses = new Map<number, BlockList>();
      for (const { host, port } of [...configured, ...brokers]) {
        const ofPort = addresses.get(port) ?? new BlockList();
        addresses.set(port, ofPort);
        for (const { address } of await lookup(host, { all: true })) ofPort.addAddress(address, familyOf(address));
      }
      return { id: clusterId, addresses };
    } finally {
      await admin.disconnect();
    }
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}
