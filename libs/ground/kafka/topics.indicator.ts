import { Injectable } from '@nestjs/common';
import { StateIndicator } from '#ground/health/indicators';
import { TopicsKeeper } from './topics-keeper.js';

/** Up while Kafka has the topics that the process needs, degraded when their settings are not as they should be. */
@Injectable()
export class TopicsIndicator extends StateIndicator {
  constructor(topics: TopicsKeeper) {
    super('kafka', () => topics.problem, () => topics.warning);
  }
}
