import { isIP } from 'node:net';
import { z } from 'zod';
import { STRIPE_SECRET, STRIPE_SECRET_RULE } from '#domain/stripe-secret';
import { parseDurationMs } from '#domain/duration';
import { parseNetwork } from '#ground/network/networks';
import { duration, LEASE_BOUNDS_MS, RETENTION_BOUNDS_MS } from './duration-setting.js';
import { proxyRoutes } from './proxy-routes.js';

const wholeNumber = (min: number, max: number) =>
  z.string().regex(/^-?\d+$/, 'must be a whole number').transform(Number)
    .refine((n) => n >= min && n <= max, `must be between ${min} and ${max}`);

const flag = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');

/** A part of a whole, such as 0.01. */
const share = z.string().regex(/^\d+(\.\d+)?$/, 'must be a number such as 0.01').transform(Number).refine((n) => n <= 1, 'must be between 0 and 1');

const DAY_MS = 86_400_000;

const retrySchedule = z.string().transform((text, context) => {
  const delaysMs = text.split(',').map((part) => parseDurationMs(part));
  const good = delaysMs.filter((delay) => delay !== undefined && delay <= 7 * DAY_MS);
  if (good.length !== delaysMs.length || good.length > 50) {
    context.addIssue({ code: 'custom', message: `must be up to 50 durations of at most 7d, separated by commas, such as 1s,5s,30s; got "${text}"` });
    return z.NEVER;
  }
  return good.filter((delay) => delay !== undefined);
});

const networks = z.string().transform((text, context) => {
  const cidrs = text.split(',').map((part) => part.trim()).filter((part) => part !== '');
  const bad = cidrs.filter((cidr) => parseNetwork(cidr) === undefined);
  if (bad.length > 0) {
    context.addIssue({ code: 'custom', message: `must be networks such as 10.0.0.0/8 or addresses such as ::1, separated by commas; invalid: ${bad.join(' ')}` });
    return z.NEVER;
  }
  return cidrs;
});

const SECRET_KEY_CHARACTERS = 32;

const formerSecretKeys = z.string()
  .transform((text) => text.split(',').map((key) => key.trim()))
  .refine((keys) => keys.every((key) => key.length >= SECRET_KEY_CHARACTERS), `must be keys of at least ${SECRET_KEY_CHARACTERS} characters, several separated by commas`);

const publicUrl = z.string()
  .regex(/^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/, 'must be an http(s) URL such as https://hooks.example.com, without a user, a query or a fragment')
  .refine((text) => URL.canParse(text), 'must be an http(s) URL such as https://hooks.example.com')
  .transform((text) => text.replace(/\/+$/, ''));

/** Every variable that Lockstep reads, with its default. `.env.example` explains them. */
export const environmentSchema = z.object({
  HOST: z.string().refine((text) => isIP(text) !== 0 || text === 'localhost', 'must be an address such as 127.0.0.1, or 0.0.0.0 for all interfaces').default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(8080),
  MANAGEMENT_PORT: wholeNumber(1, 65_535).optional(),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must be a URL such as postgresql://user:password@host:5432/lockstep').optional(),
  KAFKA_BROKERS: z.string().regex(/^[^,\s]+:\d+(\s*,\s*[^,\s]+:\d+)*$/, 'must be host:port, several separated by commas').optional(),
  KAFKA_TOPIC_PREFIX: z.string().regex(/^[a-zA-Z0-9._-]{0,100}$/, 'may hold letters, digits, dot, underscore and dash').default('lockstep.'),
  KAFKA_PARTITIONS: wholeNumber(1, 1_024).default(8),
  KAFKA_REPLICATION_FACTOR: wholeNumber(-1, 32).default(-1),
  KAFKA_RETENTION: duration(60_000, 3_650 * DAY_MS).default(7 * DAY_MS),
  KAFKA_CREATE_TOPICS: flag.default(true),
  KAFKA_SSL: flag.default(false),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512'], 'must be plain, scram-sha-256 or scram-sha-512').optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  LOCKSTEP_ADMIN_KEY: z.string().regex(/^[\x21-\x7e]{24,}$/, 'must be at least 24 printable characters without spaces').optional(),
  LOCKSTEP_SECRET_KEY: z.string().min(SECRET_KEY_CHARACTERS, `must be at least ${SECRET_KEY_CHARACTERS} characters; make one with \`openssl rand -base64 32\``).optional(),
  LOCKSTEP_SECRET_KEY_OLD: formerSecretKeys.optional(),
  LOCKSTEP_ALLOW_PRIVATE_NETWORKS: networks.default([]),
  LOCKSTEP_ALLOW_HTTP: flag.default(false),
  LOCKSTEP_RETRY_SCHEDULE: retrySchedule.default([1_000, 5_000, 30_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000]),
  LOCKSTEP_LEASE_TTL: duration(3_000, 600_000).default(10_000),
  LOCKSTEP_DRAIN_TIMEOUT: duration(0, 12_000).default(8_000),
  LOCKSTEP_IDEMPOTENCY_RETENTION: duration(RETENTION_BOUNDS_MS.min, RETENTION_BOUNDS_MS.max).default(DAY_MS),
  LOCKSTEP_IDEMPOTENCY_LEASE: duration(LEASE_BOUNDS_MS.min, LEASE_BOUNDS_MS.max).default(30_000),
  LOCKSTEP_RETENTION: duration(DAY_MS, 3_650 * DAY_MS).default(30 * DAY_MS),
  LOCKSTEP_AUDIT_RETENTION: duration(30 * DAY_MS, 3_650 * DAY_MS).default(365 * DAY_MS),
  LOCKSTEP_MAX_BODY_BYTES: wholeNumber(1_024, 5_242_880).default(262_144),
  LOCKSTEP_PUBLIC_URL: publicUrl.optional(),
  STRIPE_WEBHOOK_SECRET: z.string().regex(STRIPE_SECRET, STRIPE_SECRET_RULE).optional(),
  WEBHOOKSECRET: z.string().max(4_096, 'must be at most 4096 characters').optional(),
  LOCKSTEP_DELIVERY_CONCURRENCY: wholeNumber(1, 65_536).default(1_024),
  UPSTREAM_URL: z.string().regex(/^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/, 'must be an http(s) URL such as http://backend:3000, without a user, a query or a fragment').optional(),
  LOCKSTEP_PROXY_ROUTES: proxyRoutes.default([]),
  LOCKSTEP_GATEWAYS: wholeNumber(1, 64).default(1),
  LOCKSTEP_DISPATCHERS: wholeNumber(0, 64).default(1),
  LOCKSTEP_DEMO: z.enum(['on', 'off'], 'must be on or off').default('on'),
  LOCKSTEP_DATA_DIR: z.string().default('.lockstep'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'must be fatal, error, warn, info, debug, trace or silent').default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().regex(/^https?:\/\//, 'must be an http(s) URL').optional(),
  // Read by the exporter itself.
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  LOCKSTEP_TRACE_RATIO: share.default(0.01),
});

export type Environment = z.output<typeof environmentSchema>;
