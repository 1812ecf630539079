import { Injectable } from '@nestjs/common';
import { StateIndicator } from '#ground/health/indicators';
import { Lifetime } from './lifetime.js';

/** Down until the process has started, and from the beginning of its stop. */
@Injectable()
export class LifetimeIndicator extends StateIndicator {
  constructor(lifetime: Lifetime) {
    super('startup', () => lifetime.problem);
  }
}
