import path from 'node:path';
import { AppProcess } from './app-process.js';
import { lockDataFolder, releaseDataFolder } from './data-folder.js';
import { EmbeddedServers } from './embedded-servers.js';
import { portOrFree } from './ports.js';
import { describeFailure } from './run-stack.js';
import type { StackSettings } from './stack-settings.js';

export interface SingleAppOptions {
  readonly app: string;
  /** The app's main file. */
  readonly entry: string;
  readonly settings: StackSettings;
  /** Whether the app needs Kafka. All apps need Postgres. */
  readonly needsKafka: boolean;
  readonly say: (line: string) => void;
  /** Lines to print when the app is ready. */
  readonly readyLines: (url: string) => readonly string[];
}

/** One app with its own data folder, and with embedded servers unless the settings name others. */
export class SingleApp {
  private readonly servers: EmbeddedServers;
  private readonly stopped = new AbortController();
  private app: AppProcess | undefined;
  private folderLocked = false;

  constructor(private readonly options: SingleAppOptions) {
    const { settings, needsKafka, say } = options;
    // An empty address counts as configured, so no Kafka starts.
    this.servers = new EmbeddedServers({ ...settings, kafkaBrokers: needsKafka ? settings.kafkaBrokers : '' }, say);
  }

  /** Resolves when the app is ready, or after `stop`. @throws StackError, EmbeddedError; then call `stop` */
  async start(): Promise<void> {
    const { app, entry, settings, needsKafka, say, readyLines } = this.options;
    await lockDataFolder(settings.dataDir);
    this.folderLocked = true;
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
    for (const line of readyLines(this.app.url)) say(line);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.app?.stop();
    await this.servers.stop();
    if (this.folderLocked) await releaseDataFolder(this.options.settings.dataDir);
  }
}

/**
 * Runs an app until SIGTERM, SIGINT, SIGHUP or `ends`. Resolves when everything is stopped. If the start fails, prints
 * the reason and sets the exit code 1.
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
  ends.addEventListener('abort', () => onSignal('npm has exited'));
  try {
    await single.start();
  } catch (error) {
    // Stopping during a start makes the start fail, which is no error.
    if (!ending) {
      process.exitCode = 1;
      options.say(describeFailure(error));
      end();
    }
  }
  await ended.promise;
  options.say('Stopped.');
}
