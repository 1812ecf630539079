import { expect, test } from '@jest/globals';
import { loadOrdersConfig } from './orders-config.js';

const ENOUGH = { DATABASE_URL: 'postgresql://lockstep:hidden@db:5432/lockstep', KAFKA_BROKERS: 'kafka:9092' };

test('two variables are enough to run the orders app', () => {
  expect(loadOrdersConfig(ENOUGH)).toMatchObject({
    port: 8082, databaseUrl: ENOUGH.DATABASE_URL, kafka: { brokers: ['kafka:9092'], topicPrefix: 'lockstep.', partitions: 8 },
    drainTimeoutMs: 8_000, idempotencyLeaseMs: 30_000, idempotencyRetentionMs: 86_400_000,
  });
  expect(loadOrdersConfig({ ...ENOUGH, PORT: '9000' }).port).toBe(9_000);
  expect(loadOrdersConfig({ ...ENOUGH, LOCKSTEP_IDEMPOTENCY_LEASE: '5s' }).idempotencyLeaseMs).toBe(5_000);
});

test.each(Object.keys(ENOUGH))('without %s it does not start, and the error names it', (name) => {
  expect(() => loadOrdersConfig({ ...ENOUGH, [name]: '' })).toThrow(new RegExp(`^${name} is not set: .{20}`));
});
