import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatDuration } from '#domain/duration';
import type * as Migrations from '#ground/postgres/migrate';
import { freePort } from '#dev/testing/free-port';
import { type Servers, startServers } from '#dev/testing/servers';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { AppProcess } from './app-process.js';
import { createChaosDatabase } from './chaos-database.js';
import { Operator } from './operator.js';
import { Reaper } from './reaper.js';
import { ReceiverHandle } from './receiver-handle.js';
import { gatewayNames, linkName, processNames, RECEIVER_LINK, type Topology } from './topology.js';

const ADMIN_KEY = 'chaos-admin-key-0123456789abcdef';
const SECRET_KEY = 'chaos-secret-key-0123456789abcdef0123456789';

export interface RigOptions {
  /** The apps' build: `dist`, or a mutant's. */
  readonly distFolder: string;
  readonly topology: Topology;
  readonly shards: number;
  readonly leaseTtlMs: number;
  readonly retryScheduleMs: readonly number[];
  /** Added to the apps' environment; replaces defaults. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The system under test: servers, apps, receiver, and a proxy on each connection. Faults act on it. */
export class Rig {
  /** By name. */
  readonly apps = new Map<string, AppProcess>();
  /** By name. */
  readonly links = new Map<string, TcpProxy>();
  /** Findings that need no history, such as an unexpected exit. */
  readonly findings: string[] = [];
  readonly topicPrefix = 'chaos.';
  /** Foreign records in the `dlq` topic, read before a fault deleted it. */
  readonly parked: string[] = [];
  private readonly reaper = new Reaper();
  private readonly logs: WriteStream[] = [];
  private started: { servers: Servers; receiver: ReceiverHandle; operator: Operator; databaseUrl: string } | undefined;

  private constructor(
    private readonly options: RigOptions,
    /** Logs of all processes; kept if there are findings. */
    readonly logFolder: string,
    readonly say: (line: string) => void,
  ) {}

  /** Starts everything and waits until it is ready. Stops everything if that fails. */
  static async start(options: RigOptions, say: (line: string) => void): Promise<Rig> {
    const rig = new Rig(options, await mkdtemp(path.join(tmpdir(), 'lockstep-chaos-')), say);
    try {
      await rig.startAll();
      return rig;
    } catch (error) {
      await rig.stop();
      throw error;
    }
  }

  get servers(): Servers {
    return this.running.servers;
  }

  get receiver(): ReceiverHandle {
    return this.running.receiver;
  }

  get operator(): Operator {
    return this.running.operator;
  }

  /** Bypasses the proxies. */
  get databaseUrl(): string {
    return this.running.databaseUrl;
  }

  /** Gateway URLs for posting clients, through proxies. */
  get gatewayUrls(): string[] {
    return gatewayNames(this.options.topology).map((name) => `http://127.0.0.1:${this.link(linkName('clients', name)).port}`);
  }

  readonly adminKey = ADMIN_KEY;

  app(name: string): AppProcess {
    const app = this.apps.get(name);
    if (app === undefined) throw new Error(`No app is called ${name}`);
    return app;
  }

  link(name: string): TcpProxy {
    const link = this.links.get(name);
    if (link === undefined) throw new Error(`No link is called ${name}`);
    return link;
  }

  /** Undoes all faults: restores the network, thaws the apps, lets the receiver answer. */
  async heal(): Promise<void> {
    for (const link of this.links.values()) link.restore();
    for (const app of this.apps.values()) app.thaw();
    await this.receiver.setMode({ kind: 'ok' });
  }

  /** Stops everything; never rejects. */
  async stop(): Promise<void> {
    for (const app of this.apps.values()) {
      app.close();
      app.thaw();
    }
    const ends = await Promise.allSettled([...this.apps.values()].map((app) => app.stop()));
    for (const end of ends) if (end.status === 'fulfilled' && end.value !== undefined) this.findings.push(end.value);
    this.started?.receiver.stop();
    await Promise.allSettled([...this.links.values()].map((link) => link.stop()));
    await this.started?.servers.stop().catch(() => undefined);
    for (const log of this.logs) log.end();
    this.reaper.stop();
  }

  /** Reports apps that are not ready a minute after the last fault. */
  async checkReady(): Promise<void> {
    const waits = await Promise.allSettled([...this.apps.values()].map((app) => app.ready()));
    for (const wait of waits) if (wait.status === 'rejected') this.findings.push(String(wait.reason));
  }

  async deleteLogs(): Promise<void> {
    await rm(this.logFolder, { recursive: true, force: true });
  }

  private get running(): NonNullable<Rig['started']> {
    if (this.started === undefined) throw new Error('The rig was not started');
    return this.started;
  }

  private async startAll(): Promise<void> {
    const { topology } = this.options;
    await mkdir(this.logFolder, { recursive: true });
    const names = processNames(topology);
    const listeners = await Promise.all(names.map(async (name, i) => {
      const port = await freePort();
      const { port: advertisedPort } = await this.openLink(linkName(name, 'Kafka'), port);
      return { name: `APP${i}`, port, advertisedPort };
    }));
    const logs = { postgres: this.openLog('postgres'), kafka: this.openLog('kafka') };
    const servers = await startServers({ onLog: (server, line) => void logs[server].write(`${line}\n`), kafkaListeners: listeners });
    const receiverPort = await freePort();
    const receiver = await ReceiverHandle.start({ port: receiverPort, shards: this.options.shards, reaper: this.reaper });
    const { port } = await this.openLink(RECEIVER_LINK, receiverPort);
    const databaseUrl = await createChaosDatabase(servers.databaseUrl, await this.migrationOfBuild());
    const operator = new Operator({
      gateways: () => this.gatewayAddresses(),
      adminKey: ADMIN_KEY,
      // Through the dispatchers' proxy.
      receiverUrl: `http://127.0.0.1:${port}`,
      databaseUrl,
      secretKey: SECRET_KEY,
    });
    this.started = { servers, receiver, databaseUrl, operator };
    await Promise.all(names.map((name, i) => this.addApp(name, databaseUrl, listeners[i]?.advertisedPort ?? 0)));
    await Promise.all([...this.apps.values()].map((app) => app.ready()));
  }

  private async migrationOfBuild(): Promise<typeof Migrations.migrate> {
    const module = (await import(path.join(this.options.distFolder, 'libs', 'ground', 'postgres', 'migrate.js'))) as typeof Migrations;
    return module.migrate;
  }

  private gatewayAddresses(): string[] {
    return gatewayNames(this.options.topology).map((name) => this.app(name).url);
  }

  private async addApp(name: string, databaseUrl: string, kafkaPort: number): Promise<void> {
    const direct = new URL(databaseUrl);
    const proxied = new URL(databaseUrl);
    proxied.port = String((await this.openLink(linkName(name, 'Postgres'), Number(direct.port))).port);
    // All pools of the app use its name for their sessions; the triggers in Postgres identify the writer by it.
    proxied.searchParams.set('application_name', name);
    const app = name.startsWith('gateway') ? 'gateway' : 'dispatcher';
    const port = await freePort();
    if (app === 'gateway') await this.openLink(linkName('clients', name), port);
    const process = new AppProcess({
      name,
      app,
      distFolder: this.options.distFolder,
      port,
      env: this.environment(proxied.toString(), kafkaPort),
      logFolder: this.logFolder,
      reaper: this.reaper,
      onUnexpectedExit: (message) => {
        this.findings.push(message);
        this.say(message);
      },
    });
    this.apps.set(name, process);
    process.start();
  }

  private environment(databaseUrl: string, kafkaPort: number): Record<string, string> {
    const { leaseTtlMs, retryScheduleMs, settings } = this.options;
    return {
      NODE_ENV: 'production',
      LOG_LEVEL: 'info',
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: `127.0.0.1:${kafkaPort}`,
      KAFKA_TOPIC_PREFIX: this.topicPrefix,
      KAFKA_PARTITIONS: String(this.options.shards),
      LOCKSTEP_ADMIN_KEY: ADMIN_KEY,
      LOCKSTEP_SECRET_KEY: SECRET_KEY,
      LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
      LOCKSTEP_LEASE_TTL: formatDuration(leaseTtlMs),
      LOCKSTEP_RETRY_SCHEDULE: retryScheduleMs.map((delayMs) => formatDuration(delayMs)).join(','),
      ...settings,
    };
  }

  private async openLink(name: string, port: number): Promise<TcpProxy> {
    const link = await TcpProxy.start('127.0.0.1', port);
    this.links.set(name, link);
    return link;
  }

  private openLog(name: string): WriteStream {
    const log = createWriteStream(path.join(this.logFolder, `${name}.log`), { flags: 'a' });
    this.logs.push(log);
    return log;
  }
}
