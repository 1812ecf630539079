import { waitUntil } from '#dev/testing/wait-until';
import type { StallPoint } from './stall-points.js';

/** One gateway or dispatcher of a run. */
export interface App {
  /** SIGKILL. One that stands still is killed as well; that it stood still before then counts as no freeze: it did nothing after it. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>;
  /** Starts it again; resolves when it is ready. */
  start(): Promise<void>;
  armStall(point: StallPoint): Promise<void>;
  /** @throws Error when it doesn't come by its stall point in time */
  untilStalled(timeoutMs: number): Promise<void>;
  /** SIGCONT. The history has a freeze from the stall to here. */
  thaw(): Promise<void>;
}

export type ReceiverMode =
  | { readonly kind: 'ok' }
  /** Answers 200 after this time. */
  | { readonly kind: 'slow'; readonly answerMs: number }
  /** Answers 500 at once. */
  | { readonly kind: 'failing' };

export interface LoadOptions {
  /** Each is posted to by a client of its own, one event after the other, so that the order of its posts is known. */
  readonly entities: number;
  /** Between an answer and the same client's next post. */
  readonly intervalMs: number;
}

/** What a scripted scenario acts on. Every event of its load, and every fault, is in the run's history. */
export interface Stage {
  readonly gateways: readonly App[];
  readonly dispatchers: readonly App[];
  readonly load: {
    /** Clients go to the gateways in turn; a post that was not answered is tried again, with its key, at the next one. */
    start(options: LoadOptions): void;
    /** Resolves when no post is under way. A load can be started again. */
    stop(): Promise<void>;
  };
  readonly receiver: { mode(mode: ReceiverMode): Promise<void> };
  /** Takes Postgres away from one app, and gives it back. */
  cutFromPostgres(app: App): Promise<void>;
  restorePostgres(app: App): Promise<void>;
  /** Deletes every record that the `events` topic holds now (Kafka's DeleteRecords). */
  deleteLog(): Promise<void>;
  query<Row extends object>(sql: string): Promise<Row[]>;
}

/** A scripted run: what is started, and what then happens to it. Afterwards the harness stops the load, waits until all is quiet, and checks. */
export interface Scenario {
  readonly gateways: number;
  readonly dispatchers: number;
  readonly shards: number;
  readonly leaseTtlMs: number;
  readonly retryScheduleMs: readonly number[];
  /** Leaves every app running and the receiver answering. Takes at most a minute. */
  play(stage: Stage): Promise<void>;
}

/** Short leases and short delays: a scenario waits for both. */
export const SETTINGS = {
  gateways: 1,
  dispatchers: 2,
  shards: 4,
  leaseTtlMs: 3_000,
  retryScheduleMs: [200, 1_000, 1_000, 1_000],
} as const;

/** All of a takeover: the group's session (6 s), its rebalance, the lease's end and a TTL of watching it. */
const TAKEOVER_TIMEOUT_MS = 30_000;
export const STALL_TIMEOUT_MS = 20_000;

export function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** Waits until all shards are owned, by this many dispatchers. */
export async function ownedBy(stage: Stage, dispatchers: number): Promise<void> {
  await waitUntil(`all shards owned by ${dispatchers} dispatchers`, async () => {
    const [leases] = await stage.query<{ owners: number; all: boolean }>(
      'select count(distinct owner)::integer as owners, bool_and(owner is not null and expires_at > now()) as all from shard_leases',
    );
    return leases?.all === true && leases.owners === dispatchers;
  }, TAKEOVER_TIMEOUT_MS);
}

/** Waits until the gateways' outbox is empty: what was accepted is in Kafka. */
export async function allRelayed(stage: Stage): Promise<void> {
  await waitUntil('the outbox is empty', async () => (await stage.query('select from outbox limit 1')).length === 0);
}

/** Waits until the dispatchers' outbox is empty: what their relays send next is what comes of attempts. */
export async function allNudged(stage: Stage): Promise<void> {
  await waitUntil('the dispatch outbox is empty', async () => (await stage.query('select from dispatch_outbox limit 1')).length === 0);
}

/** Freezes the app at the point; resolves when it stands still. */
async function stallAt(app: App, point: StallPoint): Promise<void> {
  await app.armStall(point);
  await app.untilStalled(STALL_TIMEOUT_MS);
}

/** Starts a load when both dispatchers own shards, and freezes the first of them at the point; resolves with it when it stands still. */
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

/** The dispatcher or gateway of this number. @throws Error when the stage has none */
export function nth(apps: readonly App[], number: number): App {
  const app = apps[number];
  if (app === undefined) throw new Error(`The scenario has no app ${number}`);
  return app;
}
