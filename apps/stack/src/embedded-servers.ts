import path from 'node:path';
import { type KafkaServer, prepareKafka, startKafka } from '#dev/embedded/kafka-server';
import { type PostgresServer, startPostgres } from '#dev/embedded/postgres-server';
import { BoundedLog } from './bounded-log.js';
import { KeptRunning } from './kept-running.js';
import { rememberedPorts } from './ports.js';
import type { StackSettings } from './stack-settings.js';

export interface ServerAddresses {
  readonly databaseUrl: string;
  readonly kafkaBrokers: string;
}

/** The PostgreSQL and the Kafka of this stack: those that are configured, and embedded ones for the others. */
export class EmbeddedServers {
  private postgres: KeptRunning<PostgresServer> | undefined;
  private kafka: KeptRunning<KafkaServer> | undefined;
  private readonly logs: BoundedLog[] = [];
  private readonly stopped = new AbortController();

  constructor(
    private readonly settings: StackSettings,
    private readonly say: (line: string) => void,
  ) {}

  /** Both at once. Waits for both even when one fails, so that `stop` finds whatever was started. */
  async start(): Promise<ServerAddresses> {
    const { databaseUrl, kafkaBrokers, dataDir, environment } = this.settings;
    if (kafkaBrokers === undefined) await prepareKafka({ environment, onProgress: this.say, signal: this.stopped.signal });
    const ports = await rememberedPorts(dataDir, ['postgres', 'kafka', 'kafkaController']);
    this.stopped.signal.throwIfAborted();
    if (databaseUrl === undefined) this.postgres = this.keepPostgres(ports.postgres);
    if (kafkaBrokers === undefined) this.kafka = this.keepKafka(ports.kafka, ports.kafkaController);
    const [postgres, kafka] = await Promise.allSettled([
      databaseUrl ?? this.postgres?.start().then((server) => server.url) ?? '',
      kafkaBrokers ?? this.kafka?.start().then((server) => server.brokers) ?? '',
    ]);
    for (const attempt of [postgres, kafka]) {
      if (attempt.status === 'rejected') throw attempt.reason;
    }
    return { databaseUrl: valueOf(postgres), kafkaBrokers: valueOf(kafka) };
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await Promise.all([this.postgres?.stop(), this.kafka?.stop()]);
    await Promise.all(this.logs.map((log) => log.close()));
  }

  private keepPostgres(port: number): KeptRunning<PostgresServer> {
    const log = this.logOf('postgres');
    return new KeptRunning({
      name: 'PostgreSQL',
      start: () => startPostgres({ dataDir: path.join(this.settings.dataDir, 'postgres'), port, onLog: (line) => log.write(line) }),
      stop: (server) => server.stop(),
      onStarted: () => undefined,
      say: this.say,
    });
  }

  private keepKafka(port: number, controllerPort: number): KeptRunning<KafkaServer> {
    const log = this.logOf('kafka');
    const { dataDir, environment } = this.settings;
    return new KeptRunning({
      name: 'Kafka',
      start: () => startKafka({
        dataDir: path.join(dataDir, 'kafka'),
        port,
        controllerPort,
        onLog: (line) => log.write(line),
        environment,
      }),
      stop: (server) => server.stop(),
      onStarted: () => undefined,
      say: this.say,
    });
  }

  private logOf(name: string): BoundedLog {
    const log = new BoundedLog(path.join(this.settings.dataDir, 'logs', `${name}.log`));
    this.logs.push(log);
    return log;
  }
}

function valueOf(attempt: PromiseSettledResult<string>): string {
  if (attempt.status === 'rejected') throw attempt.reason;
  return attempt.value;
}
