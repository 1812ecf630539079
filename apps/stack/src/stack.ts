import path from 'node:path';
import { AppProcess, type AppSpecification } from './app-process.js';
import { lockDataFolder, releaseDataFolder } from './data-folder.js';
import { EmbeddedServers, type ServerAddresses } from './embedded-servers.js';
import { type Key, adminKey, secretKey } from './keys.js';
import { gatewayPorts, persistentPorts } from './ports.js';
import { removeStackFile, waitForOrphanedApps, writeStackFile } from './stack-file.js';
import { type StackSettings, appEnvironment } from './stack-settings.js';

/** The apps' main files. */
export interface AppEntries {
  readonly gateway: string;
  readonly dispatcher: string;
}

export interface StartedStack {
  readonly servers: ServerAddresses;
  readonly adminKey: Key;
  readonly secretKey: Key;
  readonly gatewayUrls: readonly string[];
  readonly dispatcherUrls: readonly string[];
}

/** Starts and supervises the processes of `npm start`: first the servers, then the apps. */
export class Stack {
  private readonly stopped = new AbortController();
  private readonly servers: EmbeddedServers;
  private apps: readonly AppProcess[] = [];
  private addresses: ServerAddresses | undefined;
  private folderLocked = false;
  private fileWrites: Promise<void> = Promise.resolve();

  constructor(
    private readonly settings: StackSettings,
    private readonly entries: AppEntries,
    private readonly say: (line: string) => void,
  ) {
    this.servers = new EmbeddedServers(settings, say);
  }

  /**
   * Resolves when every app is ready and stack.json is written; with undefined after `stop`. If it rejects, call `stop`.
   * @throws StackError, EmbeddedError
   */
  async start(): Promise<StartedStack | undefined> {
    const { settings } = this;
    await lockDataFolder(settings.dataDir);
    this.folderLocked = true;
    await waitForOrphanedApps(settings.dataDir);
    const ports = await gatewayPorts(settings);
    const [admin, secret] = await Promise.all([adminKey(settings), secretKey(settings)]);
    if (this.stopped.signal.aborted) return undefined;
    const servers = await this.servers.start();
    const environment = appEnvironment(settings, { ...servers, adminKey: admin.value, secretKey: secret.value });
    const dispatcherPorts = await this.dispatcherPorts();
    if (this.stopped.signal.aborted) return undefined;
    const gateways = ports.map((port, instance) => this.prepare('gateway', instance, port, environment));
    const dispatchers = dispatcherPorts.map((port, instance) => this.prepare('dispatcher', instance, port, environment));
    this.apps = [...gateways, ...dispatchers];
    await Promise.all(this.apps.map((app) => app.start()));
    await Promise.all(this.apps.map((app) => app.waitUntilReady(this.stopped.signal)));
    if (this.stopped.signal.aborted) return undefined;
    this.addresses = servers;
    await this.rewriteStackFile();
    return {
      servers,
      adminKey: admin,
      secretKey: secret,
      gatewayUrls: gateways.map((app) => app.url),
      dispatcherUrls: dispatchers.map((app) => app.url),
    };
  }

  /** Drains the apps, then shuts the servers down. Resolves when all processes have exited. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await Promise.all(this.apps.map((app) => app.stop()));
    await this.servers.stop();
    this.addresses = undefined;
    await this.fileWrites;
    if (this.folderLocked) {
      await removeStackFile(this.settings.dataDir);
      await releaseDataFolder(this.settings.dataDir);
    }
  }

  /** Ends the apps' drain with SIGKILL. The next start repeats their open attempts. */
  killApps(): void {
    for (const app of this.apps) app.kill();
  }

  private prepare(app: keyof AppEntries, instance: number, port: number, environment: AppSpecification['environment']): AppProcess {
    return new AppProcess({
      app,
      instance,
      host: this.settings.host,
      port,
      environment,
      entry: this.entries[app],
      logFolder: path.join(this.settings.dataDir, 'logs'),
      say: this.say,
      onStarted: () => void this.rewriteStackFile(),
    });
  }

  private async dispatcherPorts(): Promise<number[]> {
    const names = Array.from({ length: this.settings.dispatchers }, (_, instance) => `dispatcher${instance}`);
    return Object.values(await persistentPorts(this.settings.dataDir, names));
  }

  /** Writes in sequence, so that the newest content remains. Does nothing before all apps are ready for the first time. */
  private rewriteStackFile(): Promise<void> {
    this.fileWrites = this.fileWrites.then(async () => {
      if (this.addresses === undefined) return;
      const processes = this.apps.map((app) => app.running).filter((running) => running !== undefined);
      await writeStackFile(this.settings.dataDir, { pid: process.pid, ...this.addresses, processes });
    }).catch((error: unknown) => this.say(`stack.json could not be written: ${String(error)}`));
    return this.fileWrites;
  }
}
