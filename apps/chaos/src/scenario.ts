import { waitUntil } from '#dev/testing/wait-until';
import type { EndpointSettings, Origin } from './history.js';
import type { StallPoint } from './stall-points.js';

/** A gateway or dispatcher of a run. */
export interface App {
  /** Sends SIGKILL. A stall before it is not recorded as a freeze, because the app does nothing after it. */
  kill(): Promise<void>;
  /** Sends SIGTERM and waits for the exit. */
  stop(): Promise<void>;
  /** Starts the app again; resolves when it is ready. */
  start(): Promise<void>;
  armStall(point: StallPoint): Promise<void>;
  /** @throws Error when the app does not reach its stall point in time */
  untilStalled(timeoutMs: number): Promise<void>;
  /** Sends SIGCONT, and records a freeze that began with the stall. */
  thaw(): Promise<void>;
}

export type ReceiverMode =
  | { readonly kind: 'ok' }
  /** Answers 200 after `answerMs`. */
  | { readonly kind: 'slow'; readonly answerMs: number }
  /** Answers 422 at once. The receiver is alive, so that the breaker of its endpoint stays closed, and every retry is sent when it is due. */
  | { readonly kind: 'rejecting' };

export interface LoadOptions {
  /** Each has one client, which posts one event after the other, so that their order is known. */
  readonly entities: number;
  /** Between an answer and the client's next post. */
  readonly intervalMs: number;
}

/** The system under test, as a scenario sees it. The history contains all events and faults. */
export interface Stage {
  readonly gateways: readonly App[];
  readonly dispatchers: readonly App[];
  readonly load: {
    /** Clients alternate between the gateways. A post without an answer is repeated with its key at the next one. */
    start(options: LoadOptions): void;
    /** Resolves when no post is open. The load can be started again. */
    stop(): Promise<void>;
  };
  readonly receiver: { setMode(mode: ReceiverMode): Promise<void> };
  /** Adds an endpoint that must get every event, from the oldest on; resolves with the answer. */
  addEndpointFromEarliest(): Promise<void>;
  /** Gives the first endpoint's URL its next generation; resolves with the answer. */
  changeUrl(): Promise<void>;
  /** Breaks the app's connections to Postgres and refuses new ones. */
  cutFromPostgres(app: App): Promise<void>;
  restorePostgres(app: App): Promise<void>;
  /** Deletes all records of the `events` topic (Kafka's DeleteRecords). */
  deleteLog(): Promise<void>;
  query<Row extends object>(sql: string): Promise<Row[]>;
}

/** A scripted run. After `play`, the harness stops the load, waits for all outcomes and checks the history. */
export interface Scenario {
  readonly gateways: number;
  readonly dispatchers: number;
  readonly shards: number;
  readonly leaseTtlMs: number;
  readonly retryScheduleMs: readonly number[];
  /** Settings of the endpoint that the run begins with. */
  readonly endpoint?: EndpointSettings;
  /** How the load gets in. Default: posts to the API. */
  readonly origin?: Origin;
  /** Ends with every app running and the receiver answering, within a minute. */
  play(stage: Stage): Promise<void>;
}

/** The lease and the retry delays are short, because scenarios wait for them. */
export const SETTINGS = {
  gateways: 1,
  dispatchers: 2,
  shards: 4,
  leaseTtlMs: 3_000,
  retryScheduleMs: [200, 1_000, 1_000, 1_000],
} as const;

/** Covers the group's session (6 s), the rebalance, the lease's expiry, and the new owner's observation of it. */
const TAKEOVER_TIMEOUT_MS = 30_000;
export const STALL_TIMEOUT_MS = 20_000;

export function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** Waits until exactly this many dispatchers own all shards. */
export async function ownedBy(stage: Stage, dispatchers: number): Promise<void> {
  await waitUntil(`all shards owned by ${dispatchers} dispatchers`, async () => {
    const [leases] = await stage.query<{ owners: number; all: boolean }>(
      'select count(distinct owner)::integer as owners, bool_and(owner is not null and expires_at > now()) as all from shard_leases',
    );
    return leases?.all === true && leases.owners === dispatchers;
  }, TAKEOVER_TIMEOUT_MS);
}

/** Waits until the gateways' outbox is empty: all accepted events are then in Kafka. */
export async function allRelayed(stage: Stage): Promise<void> {
  await waitUntil('the outbox is empty', async () => (await stage.query('select from outbox limit 1')).length === 0);
}

/** Waits until the dispatchers' outbox is empty: their relays then send only retry tokens and the like. */
export async function allNudged(stage: Stage): Promise<void> {
  await waitUntil('the dispatch outbox is empty', async () => (await stage.query('select from dispatch_outbox limit 1')).length === 0);
}

/** Freezes the app at the point; resolves when it is frozen. */
async function stallAt(app: App, point: StallPoint): Promise<void> {
  await app.armStall(point);
  await app.untilStalled(STALL_TIMEOUT_MS);
}

/** Starts a load when both dispatchers own shards, and freezes the first one at the point. Resolves with it when it is frozen. */
export async function stallUnderLoad(stage: Stage, point: StallPoint): Promise<App> {
  const first = nth(stage.dispatchers, 0);
  await ownedBy(stage, 2);
  stage.load.start({ entities: 16, intervalMs: 100 });
  await sleep(1_000);
  await stallAt(first, point);
  return first;
}

/** Kills the app at the point. */
export async function killAt(app: App, point: StallPoint): Promise<void> {
  await stallAt(app, point);
  await app.kill();
}

/** The dispatcher or gateway with this number. @throws Error when there is none */
export function nth(apps: readonly App[], number: number): App {
  const app = apps[number];
  if (app === undefined) throw new Error(`The scenario has no app number ${number}`);
  return app;
}
