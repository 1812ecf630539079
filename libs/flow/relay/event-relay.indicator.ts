import { Injectable } from '@nestjs/common';
import { StateIndicator } from '#ground/health/indicators';
import { EventRelay } from './event-relay.js';

/** Up while accepted events are sent to Kafka. */
@Injectable()
export class EventRelayIndicator extends StateIndicator {
  constructor(relay: EventRelay) {
    super('relay', () => relay.problem);
  }
}
