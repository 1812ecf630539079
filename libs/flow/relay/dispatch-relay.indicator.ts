import { Injectable } from '@nestjs/common';
import { StateIndicator } from '#ground/health/indicators';
import { DispatchRelay } from './dispatch-relay.js';

/** Up while retry tokens, dead letters and nudges are sent to Kafka. */
@Injectable()
export class DispatchRelayIndicator extends StateIndicator {
  constructor(relay: DispatchRelay) {
    super('relay', () => relay.problem);
  }
}
