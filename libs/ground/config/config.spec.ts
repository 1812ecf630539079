import { expect, test } from '@jest/globals';
import { ConfigError, loadConfig, maskedSummary, parseEnvironment, urlHostOf } from './config.js';
import type { environmentSchema } from './environment.js';

const ENOUGH = {
  DATABASE_URL: 'postgresql://lockstep:hidden@db:5432/lockstep',
  KAFKA_BROKERS: 'kafka-1:9092, kafka-2:9092',
  LOCKSTEP_SECRET_KEY: 'a secret key of more than 32 characters',
};

test('an app needs three variables; the others have the documented defaults', () => {
  expect(loadConfig(ENOUGH)).toEqual({
    host: '127.0.0.1',
    port: 8080,
    managementPort: undefined,
    databaseUrl: ENOUGH.DATABASE_URL,
    kafka: {
      brokers: ['kafka-1:9092', 'kafka-2:9092'],
      topicPrefix: 'lockstep.',
      partitions: 8,
      replicationFactor: -1,
      retentionMs: 604_800_000,
      createTopics: true,
      ssl: false,
      sasl: undefined,
    },
    adminKey: undefined,
    secretKey: ENOUGH.LOCKSTEP_SECRET_KEY,
    formerSecretKeys: [],
    allowPrivateNetworks: [],
    allowHttp: false,
    retryScheduleMs: [1_000, 5_000, 30_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000],
    leaseTtlMs: 10_000,
    drainTimeoutMs: 8_000,
    idempotencyRetentionMs: 86_400_000,
    retentionMs: 2_592_000_000,
    auditRetentionMs: 31_536_000_000,
    maxBodyBytes: 262_144,
    publicUrl: undefined,
    stripeWebhookSecret: undefined,
    webhookSecret: undefined,
    deliveryConcurrency: 1_024,
    logLevel: 'info',
    tracing: { endpoint: undefined, ratio: 0.01 },
  });
});

test('former keys are separated by commas', () => {
  const keys = ['x'.repeat(32), 'y'.repeat(40)];
  expect(loadConfig({ ...ENOUGH, LOCKSTEP_SECRET_KEY_OLD: keys.join(', ') }).formerSecretKeys).toEqual(keys);
});

const BAD_VALUES: Record<keyof typeof environmentSchema.shape, string[]> = {
  HOST: ['all', '127.0.0'],
  PORT: ['-1', '65536', '80.5', 'http', '0x50', ' '],
  MANAGEMENT_PORT: ['0', '65536', 'metrics'],
  DATABASE_URL: ['mysql://db/lockstep', 'db:5432'],
  KAFKA_BROKERS: ['kafka', 'kafka:', 'kafka:9092,', 'kafka:9092 kafka:9093'],
  KAFKA_TOPIC_PREFIX: ['a b', 'a/b', 'x'.repeat(101)],
  KAFKA_PARTITIONS: ['0', '1025', 'eight'],
  KAFKA_REPLICATION_FACTOR: ['-2', '33'],
  KAFKA_RETENTION: ['7', '7 days', '1s'],
  KAFKA_CREATE_TOPICS: ['yes', '1', 'TRUE'],
  KAFKA_SSL: ['on'],
  KAFKA_SASL_MECHANISM: ['gssapi'],
  KAFKA_SASL_USERNAME: [],
  KAFKA_SASL_PASSWORD: [],
  LOCKSTEP_ADMIN_KEY: ['short', 'twenty-four characters with spaces', 'ключ-администратора-длинный'],
  LOCKSTEP_SECRET_KEY: ['x'.repeat(31)],
  LOCKSTEP_SECRET_KEY_OLD: ['x'.repeat(31), `${'x'.repeat(32)},`, `${'x'.repeat(32)},short`],
  LOCKSTEP_ALLOW_PRIVATE_NETWORKS: ['localhost', '10.0.0.0/33', '::1/129', '10.0.0.0/8/8', '10.0.0.0/', '300.0.0.1'],
  LOCKSTEP_ALLOW_HTTP: ['no'],
  LOCKSTEP_RETRY_SCHEDULE: ['1', '1s;5s', '1s,,5s', '8d', Array(51).fill('1s').join(',')],
  LOCKSTEP_LEASE_TTL: ['2s', '11m', '10'],
  LOCKSTEP_DRAIN_TIMEOUT: ['13s', '-1s'],
  LOCKSTEP_IDEMPOTENCY_RETENTION: ['500ms', 'forever'],
  LOCKSTEP_IDEMPOTENCY_LEASE: ['99ms', '11m', '30'],
  LOCKSTEP_RETENTION: ['23h', '30'],
  LOCKSTEP_AUDIT_RETENTION: ['29d', '365'],
  LOCKSTEP_MAX_BODY_BYTES: ['1023', '5242881', '256KiB'],
  LOCKSTEP_PUBLIC_URL: ['hooks.example.com', 'ftp://hooks.example.com', 'https://user:hidden@hooks.example.com', 'https://hooks.example.com/?a=b', 'https://hooks.example.com/#a', 'https://', 'https://[::1'],
  STRIPE_WEBHOOK_SECRET: ['sk_live_hidden', 'whsec_', 'whsec_a b', 'whsec_…', `whsec_${'x'.repeat(4_091)}`],
  WEBHOOKSECRET: ['x'.repeat(4_097)],
  LOCKSTEP_DELIVERY_CONCURRENCY: ['0', '65537'],
  UPSTREAM_URL: ['backend:3000', 'ftp://backend/', 'http://user:hidden@backend/', 'http://backend/?a=b', 'http://'],
  LOCKSTEP_PROXY_ROUTES: [
    'no-such-file.json', '[', '[{}]', '[{"path":"orders"}]', '[{"path":"/a*b"}]', '[{"path":"/","methods":[]}]', '[{"path":"/","methods":["post"]}]', '[{"path":"/","takeover":"yes"}]', '[{"path":"/","lease":"1ms"}]',
    '[{"path":"/","colour":"red"}]', '[{"path":"/","refuseRegressed":true}]', '[{"path":"/","principal":["a b"]}]',
  ],
  LOCKSTEP_GATEWAYS: ['0', '65'],
  LOCKSTEP_DISPATCHERS: ['-1', '65'],
  LOCKSTEP_DEMO: ['true'],
  LOCKSTEP_DATA_DIR: [],
  LOG_LEVEL: ['verbose', 'INFO'],
  OTEL_EXPORTER_OTLP_ENDPOINT: ['collector:4318'],
  OTEL_EXPORTER_OTLP_HEADERS: [],
  LOCKSTEP_TRACE_RATIO: ['-0.1', '1.5', '1%', 'all', '1e-3'],
};

const badPairs = Object.entries(BAD_VALUES).flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));

test.each(badPairs)('%s=%j stops the start, and the error names the variable', (name, value) => {
  const parse = () => parseEnvironment({ [name]: value });
  expect(parse).toThrow(ConfigError);
  expect(parse).toThrow(new RegExp(`^${name}: (must|may) `));
});

test('one error names all bad values, a line each', () => {
  const parse = () => parseEnvironment({ PORT: 'x', KAFKA_PARTITIONS: '0', LOCKSTEP_PORT: '8080' });
  expect(messageOf(parse).split('\n').map((line) => line.split(/[: ]/)[0])).toEqual(['LOCKSTEP_PORT', 'PORT', 'KAFKA_PARTITIONS']);
});

test('an unknown LOCKSTEP_ variable stops the start and is named; other unknown variables do not', () => {
  expect(messageOf(() => parseEnvironment({ LOCKSTEP_RETRY_SCHEDUL: '1s' }))).toMatch(/LOCKSTEP_RETRY_SCHEDUL is not a setting.*\.env\.example/);
  expect(() => parseEnvironment({ KAFKA_HEAP_OPTS: '-Xmx1g', HOME: '/root', NODE_ENV: 'test' })).not.toThrow();
});

test('an empty value counts as unset', () => {
  expect(parseEnvironment({ PORT: '', KAFKA_SSL: '', LOCKSTEP_ADMIN_KEY: '', LOCKSTEP_UNKNOWN: '' })).toEqual(parseEnvironment({}));
});

test.each(Object.keys(ENOUGH))('without %s an app does not start, and the error names it and says what to do', (name) => {
  expect(messageOf(() => loadConfig({ ...ENOUGH, [name]: undefined }))).toMatch(new RegExp(`^${name} is not set: .{20}`));
});

test('the management port is another one than the port', () => {
  expect(loadConfig({ ...ENOUGH, MANAGEMENT_PORT: '9090' }).managementPort).toBe(9_090);
  expect(messageOf(() => loadConfig({ ...ENOUGH, PORT: '9090', MANAGEMENT_PORT: '9090' }))).toMatch(/^MANAGEMENT_PORT is 9090, as is PORT: .{20}/);
});

test('SASL needs a user name and a password', () => {
  const sasl = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'lockstep', KAFKA_SASL_PASSWORD: 'hidden' };
  expect(loadConfig({ ...ENOUGH, ...sasl }).kafka.sasl).toEqual({ mechanism: 'scram-sha-512', username: 'lockstep', password: 'hidden' });
  for (const name of ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']) {
    expect(messageOf(() => loadConfig({ ...ENOUGH, ...sasl, [name]: undefined }))).toContain('KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD');
  }
});

test('the summary shows what was set and no secret', () => {
  const summary = maskedSummary({
    ...ENOUGH,
    PORT: '9000',
    LOCKSTEP_ADMIN_KEY: 'hidden-hidden-hidden-hidden',
    KAFKA_SASL_PASSWORD: 'hidden',
    STRIPE_WEBHOOK_SECRET: 'whsec_hidden',
    WEBHOOKSECRET: 'hidden',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=hidden',
    KAFKA_SSL: '',
    HOME: '/root',
  });
  expect(summary).toEqual({
    PORT: '9000',
    DATABASE_URL: 'postgresql://lockstep:***@db:5432/lockstep',
    KAFKA_BROKERS: ENOUGH.KAFKA_BROKERS,
    KAFKA_SASL_PASSWORD: '***',
    LOCKSTEP_ADMIN_KEY: '***',
    LOCKSTEP_SECRET_KEY: '***',
    STRIPE_WEBHOOK_SECRET: '***',
    WEBHOOKSECRET: '***',
    OTEL_EXPORTER_OTLP_HEADERS: '***',
  });
});

test.each([
  ['postgresql://user:p%40ss@db/x', 'postgresql://user:***@db/x'],
  ['postgresql://user@db/x', 'postgresql://user@db/x'],
  ['postgresql://db/x', 'postgresql://db/x'],
  ['https://key:hidden@collector:4318', 'https://key:***@collector:4318'],
])('%s is shown as %s', (url, shown) => {
  expect(maskedSummary({ OTEL_EXPORTER_OTLP_ENDPOINT: url })).toEqual({ OTEL_EXPORTER_OTLP_ENDPOINT: shown });
});

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test.each([['127.0.0.1', '127.0.0.1'], ['0.0.0.0', '127.0.0.1'], ['::', '[::1]'], ['localhost', 'localhost'], ['10.1.2.3', '10.1.2.3'], ['fd00::1', '[fd00::1]']])('a server that listens on %s is reached at %s', (host, reached) => {
  expect(urlHostOf(host)).toBe(reached);
});
