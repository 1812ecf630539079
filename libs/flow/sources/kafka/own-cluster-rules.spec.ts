import { expect, it } from '@jest/globals';
import { Topics } from '#ground/kafka/topics';
import { ownClusterProblem } from './own-cluster-rules.js';

it.each([
  ['default', 'orders', undefined],
  ['default', 'events', undefined],
  ['default', 'lockstep.retry.', 'topic'],
  ['default', 'lockstep.retry.30s', 'topic'],
  ['default', 'lockstep.events', 'topic'],
  ['default', 'lockstep.control', 'topic'],
  ['default', 'lockstep.dlq', 'topic'],
  ['default', '__consumer_offsets', 'topic'],
  ['acme', 'orders', 'brokers'],
])("a source of the tenant %s that reads %s of Lockstep's own cluster has the wrong setting %s", (tenant, topic, setting) => {
  expect(ownClusterProblem(tenant, topic, new Topics('lockstep.'))?.setting).toBe(setting);
});
