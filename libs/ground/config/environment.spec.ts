import { expect, test } from '@jest/globals';
import { parseEnvironment } from './config.js';

test('private networks may be networks and single addresses of both families', () => {
  const { LOCKSTEP_ALLOW_PRIVATE_NETWORKS: networks } = parseEnvironment({ LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8, ::1,10.1.2.3, fd00::/8,' });
  expect(networks).toEqual(['127.0.0.0/8', '::1', '10.1.2.3', 'fd00::/8']);
});

test.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0/8', '127.1', '010.0.0.0/8', 'fd00::/129', 'localhost', '1.2.3.4.5'])('%s is not a network', (text) => {
  expect(() => parseEnvironment({ LOCKSTEP_ALLOW_PRIVATE_NETWORKS: text })).toThrow(`invalid: ${text}`);
});

test('a retry schedule keeps its order and its duplicates, and may have delays below a second', () => {
  const { LOCKSTEP_RETRY_SCHEDULE: delaysMs } = parseEnvironment({ LOCKSTEP_RETRY_SCHEDULE: '200ms, 5s,1s,5s' });
  expect(delaysMs).toEqual([200, 5_000, 1_000, 5_000]);
});

test('the bounds of numbers and durations are themselves allowed', () => {
  const low = parseEnvironment({ PORT: '0', KAFKA_REPLICATION_FACTOR: '-1', LOCKSTEP_LEASE_TTL: '3s', LOCKSTEP_DRAIN_TIMEOUT: '0ms', LOCKSTEP_DISPATCHERS: '0' });
  expect(low).toMatchObject({ PORT: 0, KAFKA_REPLICATION_FACTOR: -1, LOCKSTEP_LEASE_TTL: 3_000, LOCKSTEP_DRAIN_TIMEOUT: 0, LOCKSTEP_DISPATCHERS: 0 });
  const high = parseEnvironment({ PORT: '65535', KAFKA_PARTITIONS: '1024', LOCKSTEP_LEASE_TTL: '10m', LOCKSTEP_DRAIN_TIMEOUT: '12s', LOCKSTEP_MAX_BODY_BYTES: '5242880' });
  expect(high).toMatchObject({ PORT: 65_535, KAFKA_PARTITIONS: 1_024, LOCKSTEP_LEASE_TTL: 600_000, LOCKSTEP_DRAIN_TIMEOUT: 12_000, LOCKSTEP_MAX_BODY_BYTES: 5_242_880 });
});
