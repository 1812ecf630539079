import path from 'node:path';
import { type KafkaServer, prepareKafka, startKafka } from '#dev/embedded/kafka-server';
import { type PostgresServer, startPostgres } from '#dev/embedded/postgres-server';
import { BoundedLog } from './bounded-log.js';
import { persistentPorts } from './ports.js';
import type { StackSettings } from './stack-settings.js';
import { SupervisedProcess } from './supervised-process.js';

export interface ServerAddresses {
  readonly databaseUrl: string;
  readonly kafkaBrokers: string;
}

/** PostgreSQL and Kafka for the stack: starts an embedded server unless the settings name one. */
export class EmbeddedServers {
  private postgres: SupervisedProcess<PostgresServer> | undefined;
  private kafka: SupervisedProcess<KafkaServer> | undefined;
  private readonly logs: BoundedLog[] = [];
  private readonly stopped = new AbortController();

  constructor(
    private readonly settings: StackSettings,
    private readonly say: (line: string) => void,
  ) {}

  /** Starts both at once. Waits for both even if one fails, so that `stop` finds the other one. */
  async start(): Promise<ServerAddresses> {
    const { databaseUrl, kafkaBrokers, dataDir, environment } = this.settings;
    if (kafkaBrokers === undefined) await prepareKafka({ environment, onProgress: this.say, signal: this.stopped.signal });
    const ports = await persistentPorts(dataDir, ['postgres', 'kafka', 'kafkaController']);
    this.stopped.signal.throwIfAborted();
    if (databaseUrl === undefined) this.postgres = this.supervisePostgres(ports.postgres);
    if (kafkaBrokers === undefined) this.kafka = this.superviseKafka(ports.kafka, ports.kafkaController);
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

  private supervisePostgres(port: number): SupervisedProcess<PostgresServer> {
    const log = this.logOf('postgres');
    return new SupervisedProcess({
      name: 'PostgreSQL',
      start: () => startPostgres({ dataDir: path.join(this.settings.dataDir, 'postgres'), port, onLog: (line) => log.write(line) }),
      stop: (server) => server.stop(),
      onStarted: () => undefined,
      say: this.say,
    });
  }

  private superviseKafka(port: number, controllerPort: number): SupervisedProcess<KafkaServer> {
    const log = this.logOf('kafka');
    const { dataDir, environment } = this.settings;
    return new SupervisedProcess({
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
