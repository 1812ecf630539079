import { type DynamicModule, Module } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import type { Config } from '#ground/config/config';
import { CONFIG, FATAL, type Fatal, LOGGER } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { createKafka } from './client.js';
import { ensureTopics, type TopicsReport } from './ensure-topics.js';
import { Topics } from './topics.js';
import { TopicsIndicator } from './topics.indicator.js';
import { TopicsKeeper } from './topics-keeper.js';

export interface KafkaOptions<AppConfig> {
  readonly clientId: string;
  /** Creates the app's topics and checks them, every few seconds. @throws StartError */
  readonly ensure: (kafka: Kafka, config: AppConfig) => Promise<TopicsReport>;
}

/** The Kafka client, the topics' names, and what keeps the topics as they should be. */
@Module({})
export class KafkaModule {
  /** For all modules. Lockstep's own topics, unless `ensure` says otherwise. */
  static forRoot({ clientId }: Pick<KafkaOptions<Config>, 'clientId'>): DynamicModule;
  static forRoot<AppConfig extends Pick<Config, 'kafka'>>(options: KafkaOptions<AppConfig>): DynamicModule;
  static forRoot({ clientId, ensure = ensureTopics }: Pick<KafkaOptions<Config>, 'clientId'> & Partial<KafkaOptions<Config>>): DynamicModule {
    return {
      module: KafkaModule,
      global: true,
      providers: [
        { provide: Kafka, inject: [CONFIG, LOGGER], useFactory: (config: Config, logger: Logger) => createKafka(config.kafka, clientId, logger) },
        { provide: Topics, inject: [CONFIG], useFactory: (config: Config) => new Topics(config.kafka.topicPrefix) },
        {
          provide: TopicsKeeper,
          inject: [Kafka, CONFIG, LOGGER, FATAL],
          useFactory: (kafka: Kafka, config: Config, logger: Logger, fatal: Fatal) => new TopicsKeeper({ ensure: () => ensure(kafka, config), logger, onRefused: fatal }),
        },
        TopicsIndicator,
      ],
      exports: [Kafka, Topics, TopicsKeeper, TopicsIndicator],
    };
  }
}
