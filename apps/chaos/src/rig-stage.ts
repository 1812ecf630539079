import type { AppProcess } from './app-process.js';
import { nowMs } from './clock.js';
import { queryOnce } from './database.js';
import { deleteLog } from './faults/log.js';
import type { FaultKind, FaultRecord } from './history.js';
import type { PostingClient } from './posting-client.js';
import type { Rig } from './rig.js';
import type { App, ReceiverMode, Stage } from './scenario.js';
import { armStall, type StallPoint, untilStalled } from './stall-points.js';
import { SteadyClients } from './steady-clients.js';
import { linkName } from './topology.js';

/** A rig as scenarios act on it; notes the faults that they cause. */
export class RigStage implements Stage {
  readonly faults: FaultRecord[] = [];
  readonly gateways: readonly App[];
  readonly dispatchers: readonly App[];
  readonly load: SteadyClients;
  readonly receiver = { mode: (mode: ReceiverMode): Promise<void> => this.turnReceiver(mode) };
  private readonly names = new Map<App, string>();
  private readonly cutAtMs = new Map<App, number>();

  constructor(
    private readonly rig: Rig,
    client: PostingClient,
    signal: AbortSignal,
  ) {
    this.load = new SteadyClients(client, signal);
    const appsOf = (kind: string): App[] => [...rig.apps.values()].filter(({ name }) => name.startsWith(kind)).map((process) => this.appOf(process));
    this.gateways = appsOf('gateway');
    this.dispatchers = appsOf('dispatcher');
  }

  cutFromPostgres(app: App): Promise<void> {
    this.rig.say(`${this.nameOf(app)} is cut from Postgres`);
    this.cutAtMs.set(app, nowMs());
    this.postgresLink(app).cut();
    return Promise.resolve();
  }

  restorePostgres(app: App): Promise<void> {
    this.postgresLink(app).restore();
    this.note('isolate-from-postgres', this.nameOf(app), this.cutAtMs.get(app) ?? nowMs());
    return Promise.resolve();
  }

  async deleteLog(): Promise<void> {
    const fromMs = nowMs();
    await deleteLog(this.rig, { kind: 'delete-log', target: 'events', atEvent: 0, durationMs: 0, amount: undefined });
    this.note('delete-log', 'events', fromMs);
  }

  query<Row extends object>(sql: string): Promise<Row[]> {
    return queryOnce<Row>(this.rig.databaseUrl, sql);
  }

  private async turnReceiver(mode: ReceiverMode): Promise<void> {
    this.rig.say(`the receiver: ${mode.kind}`);
    if (mode.kind === 'slow') await this.rig.receiver.become({ kind: 'slow', delayMs: mode.answerMs });
    else if (mode.kind === 'failing') await this.rig.receiver.become({ kind: 'failing', percent: 100 });
    else await this.rig.receiver.become({ kind: 'ok' });
  }

  private appOf(process: AppProcess): App {
    const { rig } = this;
    const { name } = process;
    // What has ended it and when, until it runs again.
    let ended: { kind: FaultKind; atMs: number } | undefined;
    let stalledAtMs: number | undefined;
    const app: App = {
      kill: async () => {
        rig.say(`${name} is killed`);
        ended = { kind: 'kill', atMs: nowMs() };
        stalledAtMs = undefined;
        await process.kill();
      },
      stop: async () => {
        rig.say(`${name} is stopped`);
        ended = { kind: 'restart', atMs: nowMs() };
        const wrong = await process.stop();
        if (wrong !== undefined) rig.findings.push(wrong);
      },
      start: async () => {
        process.start();
        await process.ready();
        if (ended !== undefined) this.note(ended.kind, name, ended.atMs);
        ended = undefined;
      },
      armStall: (point: StallPoint) => armStall(rig.logFolder, process.pid, point),
      untilStalled: async (timeoutMs) => {
        await untilStalled(rig.logFolder, process.pid, timeoutMs);
        stalledAtMs = nowMs();
        rig.say(`${name} stands still`);
      },
      thaw: () => {
        process.thaw();
        if (stalledAtMs !== undefined) this.note('freeze', name, stalledAtMs);
        rig.say(`${name} goes on`);
        stalledAtMs = undefined;
        return Promise.resolve();
      },
    };
    this.names.set(app, name);
    return app;
  }

  private postgresLink(app: App): ReturnType<Rig['link']> {
    return this.rig.link(linkName(this.nameOf(app), 'Postgres'));
  }

  private nameOf(app: App): string {
    return this.names.get(app) ?? 'an app of another stage';
  }

  private note(kind: FaultKind, target: string, fromMs: number): void {
    this.faults.push({ kind, target, fromMs, untilMs: nowMs() });
  }
}
