import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { entityShards } from '../entity-shards.mjs';

const MOST_ENTITIES = 100_000;
/** Nothing that is made here has to survive a crash. */
const SETTINGS = "set synchronous_commit = off; set maintenance_work_mem = '256MB'";

/**
 * Fills a product's database, of which no process runs, with events that are over, as if they had come at an even rate on
 * past days: with their inbox rows, deliveries, attempts, lanes and idempotency keys. `npm run verify` finds it balanced.
 * @param {object} ground with the schema and one endpoint
 * @param {object} history
 * @param {number} history.events
 * @param {number} history.days on so many days, of which the last is two days ago
 * @param {number} history.keyRetentionDays what is older is expired
 */
export async function makeHistory(ground, { events, days, keyRetentionDays }) {
  const shards = await entityShards(Math.min(MOST_ENTITIES, Math.ceil(events / 10)));
  await ground.query(read('functions.sql'));
  await ground.query('alter table idempotency_keys drop constraint idempotency_keys_pkey');
  const [{ endpoint }] = await ground.query('select id as endpoint from endpoints');
  const [{ lane }] = await ground.query('select history.make_lanes($1, $2, $3) as lane', [events, shards, endpoint]);
  const plan = daysOf(events, days);
  // Two sessions, because the machine has two cores; no table is written by both.
  await Promise.all([
    inSession(ground, async (query) => {
      for (const { day, first, count } of plan) await query('select history.make_events($1, $2, $3, $4)', [day, first, count, shards]);
    }),
    inSession(ground, async (query) => {
      const rest = [shards, endpoint, lane, `${keyRetentionDays} days`];
      for (const { day, first, count } of plan) await query('select history.make_outcomes($1, $2, $3, $4, $5, $6, $7)', [day, first, count, ...rest]);
    }),
  ]);
  await inSession(ground, (query) => query('alter table idempotency_keys add primary key (tenant, key)'));
  await ground.query('drop schema history cascade');
  await ground.query(read('finish.sql'), [events]);
  // What autovacuum would have done long ago, and would do while something is measured.
  await ground.query('vacuum (analyze) idempotency_keys, lanes');
  await inSession(ground, async (query) => {
    // A tenth of the usual sample: of each of a hundred partitions that would be all of its pages.
    await query('set default_statistics_target = 10');
    await query('analyze events, inbox, deliveries, attempts');
  });
}

/** @returns {{ day: string, first: number, count: number }[]} oldest first */
export function daysOf(events, days, nowMs = Date.now()) {
  return Array.from({ length: days }, (_, n) => {
    const first = Math.floor((events * n) / days);
    const day = new Date(nowMs - (days + 1 - n) * 86_400_000).toISOString().slice(0, 10);
    return { day, first, count: Math.floor((events * (n + 1)) / days) - first };
  });
}

async function inSession({ databaseUrl }, act) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(SETTINGS);
    return await act((text, values) => client.query(text, values));
  } finally {
    await client.end();
  }
}

function read(name) {
  return readFileSync(path.join(import.meta.dirname, name), 'utf8');
}
