import { Injectable } from '@nestjs/common';
import { StateIndicator } from '#ground/health/indicators';
import { OrderRelay } from './order-relay.js';

@Injectable()
export class RelayIndicator extends StateIndicator {
  constructor(relay: OrderRelay) {
    super('relay', () => relay.problem);
  }
}
