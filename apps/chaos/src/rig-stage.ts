import type { AppProcess } from './app-process.js';
import { nowMs } from './clock.js';
import type { EventClient } from './event-client.js';
import { queryOnce } from './query-once.js';
import { deleteLog } from './faults/log.js';
import type { FaultKind, FaultRecord } from './history.js';
import type { Rig } from './rig.js';
import type { App, ReceiverMode, Stage } from './scenario.js';
import { armStall, type StallPoint, untilStalled } from './stall-points.js';
import { SteadyClients } from './steady-clients.js';
import { linkName } from './topology.js';

/** The endpoint that a scripted run begins with. */
export const SCRIPTED_ENDPOINT = 'first';

/** Lets scenarios act on a rig, and records the faults that they cause. */
export class RigStage implements Stage {
  readonly faults: FaultRecord[] = [];
  readonly gateways: readonly App[];
  readonly dispatchers: readonly App[];
  readonly load: SteadyClients;
  readonly receiver = { setMode: (mode: ReceiverMode): Promise<void> => this.setReceiverMode(mode) };
  private readonly names = new Map<App, string>();
  private readonly cutAtMs = new Map<App, number>();

  constructor(
    private readonly rig: Rig,
    client: EventClient,
    signal: AbortSignal,
  ) {
    this.load = new SteadyClients(client, signal);
    const appsOf = (kind: string): App[] => [...rig.apps.values()].filter(({ name }) => name.startsWith(kind)).map((process) => this.appOf(process));
    this.gateways = appsOf('gateway');
    this.dispatchers = appsOf('dispatcher');
  }

  async addEndpointFromEarliest(): Promise<void> {
    await this.rig.operator.addEndpoint('earliest', { startsAtMs: 0 });
  }

  async changeUrl(): Promise<void> {
    await this.rig.operator.change(SCRIPTED_ENDPOINT, 'url');
  }

  cutFromPostgres(app: App): Promise<void> {
    this.rig.say(`${this.nameOf(app)} is cut from Postgres`);
    this.cutAtMs.set(app, nowMs());
    this.postgresLink(app).cut();
    return Promise.resolve();
  }

  restorePostgres(app: App): Promise<void> {
    this.postgresLink(app).restore();
    this.record('isolate-from-postgres', this.nameOf(app), this.cutAtMs.get(app) ?? nowMs());
    return Promise.resolve();
  }

  async deleteLog(): Promise<void> {
    const fromMs = nowMs();
    await deleteLog(this.rig, { kind: 'delete-log', target: 'events', atEvent: 0, durationMs: 0, amount: undefined });
    this.record('delete-log', 'events', fromMs);
  }

  query<Row extends object>(sql: string): Promise<Row[]> {
    return queryOnce<Row>(this.rig.databaseUrl, sql);
  }

  private async setReceiverMode(mode: ReceiverMode): Promise<void> {
    this.rig.say(`the receiver is ${mode.kind}`);
    if (mode.kind === 'slow') await this.rig.receiver.setMode({ kind: 'slow', delayMs: mode.answerMs });
    else if (mode.kind === 'rejecting') await this.rig.receiver.setMode({ kind: 'failing', percent: 100, status: 422 });
    else await this.rig.receiver.setMode({ kind: 'ok' });
  }

  private appOf(process: AppProcess): App {
    const { rig } = this;
    const { name } = process;
    // Why and when the app ended; undefined while it runs.
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
        const finding = await process.stop();
        if (finding !== undefined) rig.findings.push(finding);
      },
      start: async () => {
        process.start();
        await process.ready();
        if (ended !== undefined) this.record(ended.kind, name, ended.atMs);
        ended = undefined;
      },
      armStall: (point: StallPoint) => armStall(rig.logFolder, process.pid, point),
      untilStalled: async (timeoutMs) => {
        await untilStalled(rig.logFolder, process.pid, timeoutMs);
        stalledAtMs = nowMs();
        rig.say(`${name} is frozen`);
      },
      thaw: () => {
        process.thaw();
        if (stalledAtMs !== undefined) this.record('freeze', name, stalledAtMs);
        rig.say(`${name} is thawed`);
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

  private record(kind: FaultKind, target: string, fromMs: number): void {
    this.faults.push({ kind, target, fromMs, untilMs: nowMs() });
  }
}
