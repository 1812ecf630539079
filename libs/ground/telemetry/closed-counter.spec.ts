import { expect, it } from '@jest/globals';
import { register } from 'prom-client';
import { closedCounter } from './closed-counter.js';

it('has a series for each combination of its labels before anything is counted', async () => {
  const counter = closedCounter({ name: 'lockstep_test_total', help: 'Tests', labels: { kind: ['unit', 'int'], outcome: ['passed', 'failed'] } });
  counter.inc({ kind: 'int', outcome: 'failed' });
  expect((await register.getSingleMetricAsString('lockstep_test_total')).split('\n').slice(2)).toEqual([
    'lockstep_test_total{kind="unit",outcome="passed"} 0',
    'lockstep_test_total{kind="unit",outcome="failed"} 0',
    'lockstep_test_total{kind="int",outcome="passed"} 0',
    'lockstep_test_total{kind="int",outcome="failed"} 1',
  ]);
});
