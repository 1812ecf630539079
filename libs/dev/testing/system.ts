import { randomBytes } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { AppUnderTest } from './app-under-test.js';
import type { SharedServers } from './shared-servers.js';

export interface Accepted {
  readonly id: string;
  readonly entity: string;
}

export const ADMIN_KEY = 'test-admin-key-0123456789abcdef';

/** Gateways and dispatchers on a database and topics of their own. */
export class SystemUnderTest {
  stopped = false;

  private constructor(
    readonly topicPrefix: string,
    readonly databaseUrl: string,
    readonly gateways: AppUnderTest[],
    readonly dispatchers: AppUnderTest[],
    private readonly env: Record<string, string>,
  ) {}

  /** @param options `release`: the folder of the apps' built code */
  static async start(servers: SharedServers, options: { gateways?: number; dispatchers?: number; env?: Record<string, string>; onOutput?: (text: string) => void; release?: string } = {}): Promise<SystemUnderTest> {
    const name = `e2e_${randomBytes(5).toString('hex')}`;
    await query(servers.databaseUrl, `create database ${name}`);
    const url = new URL(servers.databaseUrl);
    url.pathname = `/${name}`;
    const env = {
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      DATABASE_URL: url.toString(),
      KAFKA_BROKERS: servers.kafkaBrokers,
      KAFKA_TOPIC_PREFIX: `${name}.`,
      KAFKA_PARTITIONS: '4',
      LOCKSTEP_ADMIN_KEY: ADMIN_KEY,
      LOCKSTEP_SECRET_KEY: 'test-secret-key-0123456789abcdef0123456789',
      LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
      LOCKSTEP_LEASE_TTL: '3s',
      LOCKSTEP_RETRY_SCHEDULE: '200ms,1s,1s,1s',
      ...options.env,
    };
    const launch = (app: 'gateway' | 'dispatcher', count: number) => Promise.all(Array.from({ length: count }, () => AppUnderTest.launch(app, env, options.onOutput, options.release)));
    const gateways = await launch('gateway', options.gateways ?? 1);
    const dispatchers = await launch('dispatcher', options.dispatchers ?? 1);
    const system = new SystemUnderTest(env.KAFKA_TOPIC_PREFIX, env.DATABASE_URL, gateways, dispatchers, env);
    try {
      await Promise.all([...gateways, ...dispatchers].map((app) => app.ready()));
    } catch (error) {
      await system.stop();
      throw error;
    }
    return system;
  }

  /** Deletes all topics of the system, with their records. */
  async deleteTopics(servers: SharedServers): Promise<void> {
    const admin = new Kafka({ brokers: [servers.kafkaBrokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      await admin.deleteTopics({ topics: (await admin.listTopics()).filter((topic) => topic.startsWith(this.topicPrefix)) });
    } finally {
      await admin.disconnect();
    }
  }

  /** One more dispatcher, that ends with the others; with other settings, or of another release, where they are given. */
  async launchDispatcher(env: Record<string, string> = {}, release?: string): Promise<AppUnderTest> {
    const dispatcher = await AppUnderTest.launch('dispatcher', { ...this.env, ...env }, undefined, release);
    this.dispatchers.push(dispatcher);
    return dispatcher;
  }

  /** One more gateway, that ends with the others; with other settings where they are given. */
  async launchGateway(env: Record<string, string> = {}): Promise<AppUnderTest> {
    const gateway = await AppUnderTest.launch('gateway', { ...this.env, ...env });
    this.gateways.push(gateway);
    return gateway;
  }

  async createEndpoint(url: string, fields: Record<string, unknown> = {}): Promise<string> {
    const { id } = (await this.call('POST', '/v1/endpoints', { url, ...fields })) as { id: string };
    return id;
  }

  /** Posts one event; throws unless it is accepted. */
  async post(entity: string, data: unknown, gateway = 0, key?: string): Promise<Accepted> {
    const accepted = (await this.call('POST', '/v1/events', { type: 'order.changed', entity, data }, gateway, key)) as Accepted;
    return accepted;
  }

  async call(method: string, path: string, body?: unknown, gateway = 0, key?: string): Promise<unknown> {
    const response = await fetch(`${this.gateways[gateway]?.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  query<Row extends object>(sql: string): Promise<Row[]> {
    return query<Row>(this.databaseUrl, sql);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.gateways, ...this.dispatchers].map((app) => app.signal('SIGKILL')));
  }
}

async function query<Row extends object>(databaseUrl: string, sql: string): Promise<Row[]> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
