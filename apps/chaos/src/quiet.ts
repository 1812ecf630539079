import { setTimeout as delay } from 'node:timers/promises';
import { queryOnce } from './query-once.js';
import type { Rig } from './rig.js';
import type { RunTopic } from './run-topic.js';

const POLL_INTERVAL_MS = 250;
const PROGRESS_INTERVAL_MS = 10_000;

interface Open {
  readonly notAdmitted: number;
  readonly pending: number;
  readonly outbox: number;
  readonly dispatchOutbox: number;
  readonly replays: number;
  /** Shards on which an endpoint that starts in the past has events to catch up with. */
  readonly catchUps: number;
  /** Records of the run's topic that no gateway has read. */
  readonly unread: number;
}

const OPEN = `
  select
    (select count(*) from events)::int - (select count(*) from inbox)::int as "notAdmitted",
    (select count(*) from deliveries where status = 'pending')::int as pending,
    (select count(*) from outbox)::int as outbox,
    (select count(*) from dispatch_outbox)::int as "dispatchOutbox",
    (select count(*) from replay_shards where finished_at is null)::int as replays,
    (select count(*) from catch_up_shards where finished_at is null)::int as "catchUps"`;

const STUCK = `
  select
    s.shard, l.epoch::int, l.owner is not null as owned, round(extract(epoch from l.expires_at - clock_timestamp()))::int as "expiresInSeconds",
    c.next_offset::int as "nextOffset",
    (select count(*) from outbox o where o.shard = s.shard)::int as outbox,
    (select count(*) from events e where e.shard = s.shard and not exists (select from inbox i where i.event_id = e.id))::int as "notAdmitted",
    (select count(*) from deliveries d where d.shard = s.shard and d.status = 'pending')::int as pending,
    (select count(distinct d.lane) from deliveries d where d.shard = s.shard and d.status = 'pending')::int as lanes,
    (select min(d.next_attempt_at) - clock_timestamp() from deliveries d where d.shard = s.shard and d.status = 'pending')::text as "nextAttemptIn"
  from shard_leases s
    join shard_leases l on l.shard = s.shard
    left join shard_cursors c on c.shard = s.shard
  order by s.shard`;

/**
 * Waits until the run's topic is read to its end, and every accepted event has its outcome at every endpoint. Resolves with
 * findings if the limit passes first.
 */
export async function untilQuiet(rig: Rig, topic: RunTopic | undefined, limitMs: number, signal: AbortSignal): Promise<string[]> {
  const deadlineMs = performance.now() + limitMs;
  let open: Open | undefined;
  let failure: unknown;
  let progressMs = performance.now() + PROGRESS_INTERVAL_MS;
  while (performance.now() < deadlineMs && !signal.aborted) {
    try {
      // First: what is read meanwhile is counted below.
      const unread = (await topic?.unread()) ?? 0;
      const [counts] = await queryOnce<Omit<Open, 'unread'>>(rig.databaseUrl, OPEN);
      open = counts === undefined ? undefined : { ...counts, unread };
      if (open !== undefined && Object.values(open).every((count) => count === 0)) return [];
    } catch (error) {
      failure = error;
    }
    if (performance.now() > progressMs) {
      progressMs += PROGRESS_INTERVAL_MS;
      rig.say(`  still open: ${open === undefined ? String(failure) : JSON.stringify(open)}`);
    }
    await delay(POLL_INTERVAL_MS);
  }
  if (signal.aborted) return [];
  const rows = await queryOnce<{ notAdmitted: number; pending: number; outbox: number }>(rig.databaseUrl, STUCK).catch(() => []);
  const stuck = rows.filter(({ notAdmitted, pending, outbox }) => notAdmitted + pending + outbox > 0);
  const behind = topic !== undefined && open?.unread !== 0 ? [`the source is behind: ${await topic.describe().catch(String)}`] : [];
  return [`not quiet after ${limitMs / 1_000} s: ${open === undefined ? String(failure) : JSON.stringify(open)}`, ...stuck.map((row) => `stuck: ${JSON.stringify(row)}`), ...behind];
}
