import { type DynamicModule, Module } from '@nestjs/common';
import type { HealthChecks } from '#ground/health/health.controller';
import { GivenHealthModule } from '#ground/health/given-health.module';
import { TOPIC_READERS, type TopicReaders, TopicsController } from './topics.controller.js';

export interface DispatcherParts {
  readonly readers: TopicReaders;
  readonly health: HealthChecks;
}

/** What the dispatcher serves: topics through its transport, health and metrics over HTTP. */
@Module({})
export class DispatcherModule {
  static of({ readers, health }: DispatcherParts): DynamicModule {
    return {
      module: DispatcherModule,
      imports: [GivenHealthModule.of(health)],
      controllers: [TopicsController],
      providers: [{ provide: TOPIC_READERS, useValue: readers }],
    };
  }
}
