import path from 'node:path';
import { AppProcess } from './app-process.js';
import { releaseDataFolder, takeDataFolder } from './data-folder.js';
import { EmbeddedServers } from './embedded-servers.js';
import { portOrFree } from './ports.js';
import { describeFailure } from './run-stack.js';
import type { StackSettings } from './stack-settings.js';

export interface SingleAppOptions {
  readonly app: string;
  /** The file that Node runs. */
  readonly entry: string;
  readonly settings: StackSettings;
  /** Whether the app needs a Kafka; Postgres all do. */
  readonly needsKafka: boolean;
  readonly say: (line: string) => void;
  /** What to tell the person who started it, when it is ready. */
  readonly ready: (url: string) => readonly string[];
}

/** An app on its own, with embedded servers where no others are configured, in a data folder of its own. */
export class SingleApp {
  private readonly servers: EmbeddedServers;
  private readonly stopped = new AbortController();
  private app: AppProcess | undefined;
  private folderTaken = false;

  constructor(private readonly options: SingleAppOptions) {
    const { settings, needsKafka, say } = options;
    // Any address counts as one that is configured.
    this.servers = new EmbeddedServers({ ...settings, kafkaBrokers: needsKafka ? settings.kafkaBrokers : '' }, say);
  }

  /** Resolves when it is ready, or was stopped meanwhile. @throws StackError, EmbeddedError; call `stop` then */
  async start(): Promise<void> {
    const { app, entry, settings, needsKafka, say, ready } = this.options;
    await takeDataFolder(settings.dataDir);
    this.folderTaken = true;
    const port = await portOrFree(settings.port);
    const servers = await this.servers.start();
    if (this.stopped.signal.aborted) return;
    this.app = new AppProcess({
      app, instance: 0, entry, host: settings.host, port, say,
      environment: { ...settings.environment, NODE_ENV: 'production', DATABASE_URL: servers.databaseUrl, ...(needsKafka ? { KAFKA_BROKERS: servers.kafkaBrokers } : {}) },
      logFolder: path.join(settings.dataDir, 'logs'),
      onStarted: () => undefined,
    });
    await this.app.start();
    await this.app.waitUntilReady(this.stopped.signal);
    if (this.stopped.signal.aborted) return;
    for (const line of ready(this.app.url)) say(line);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.app?.stop();
    await this.servers.stop();
    if (this.folderTaken) await releaseDataFolder(this.options.settings.dataDir);
  }
}

/**
 * Runs an app until SIGTERM, SIGINT, SIGHUP or until `ends` is aborted; resolves when everything is stopped. Sets the
 * exit code 1 and says why when it could not be started.
 */
export async function runSingleApp(options: SingleAppOptions, ends: AbortSignal): Promise<void> {
  const single = new SingleApp(options);
  const ended = Promise.withResolvers<void>();
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    single.stop().then(ended.resolve, ended.reject);
  };
  const onSignal = (signal: string): void => {
    if (!ending) options.say(`${signal}: draining and stopping ...`);
    end();
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  ends.addEventListener('abort', () => onSignal('npm is gone'));
  try {
    await single.start();
  } catch (error) {
    // Stopping makes what is being started fail: no error then.
    if (!ending) {
      process.exitCode = 1;
      options.say(describeFailure(error));
      end();
    }
  }
  await ended.promise;
  options.say('Stopped.');
}
