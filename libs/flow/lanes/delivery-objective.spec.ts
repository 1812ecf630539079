import { describe, expect, it } from '@jest/globals';
import { objectiveResultOf } from './delivery-objective.js';

describe('the objective of deliveries', () => {
  it('is met within a minute', () => {
    expect([objectiveResultOf('delivered', 0), objectiveResultOf('delivered', 60_000), objectiveResultOf('delivered', 60_001), objectiveResultOf('dead', 5)]).toEqual(['in_time', 'in_time', 'late', 'dead']);
  });

  it('is not about deliveries that were asked for later, however they end', () => {
    expect([objectiveResultOf('delivered', undefined), objectiveResultOf('dead', undefined)]).toEqual([undefined, undefined]);
  });
});
