import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { entityShards } from '../entity-shards.mjs';

const MAX_ENTITIES = 100_000;
/** The generated data need not survive a crash. */
const SETTINGS = "set synchronous_commit = off; set maintenance_work_mem = '256MB'";

/**
 * Fills a product's database with delivered events of past days, at an even rate: with inbox rows, deliveries, attempts,
 * lanes and idempotency keys. `npm run verify` finds no fault in it. No process of the product may be running.
 * @param {object} data a pipeline's, with the schema and one endpoint
 * @param {object} history
 * @param {number} history.events
 * @param {number} history.days that the events are spread over; the last is two days ago
 * @param {number} history.keyRetentionDays after which a key expires
 */
export async function makeHistory(data, { events, days, keyRetentionDays }) {
  const shards = await entityShards(Math.min(MAX_ENTITIES, Math.ceil(events / 10)));
  await data.query(read('functions.sql'));
  await data.query('alter table idempotency_keys drop constraint idempotency_keys_pkey');
  const [{ endpoint }] = await data.query('select id as endpoint from endpoints');
  const [{ lane }] = await data.query('select history.make_lanes($1, $2, $3) as lane', [events, shards, endpoint]);
  const plan = daysOf(events, days);
  // Two sessions, for two cores. No table is written by both.
  await Promise.all([
    inSession(data, async (query) => {
      for (const { day, first, count } of plan) await query('select history.make_events($1, $2, $3, $4)', [day, first, count, shards]);
    }),
    inSession(data, async (query) => {
      const rest = [shards, endpoint, lane, `${keyRetentionDays} days`];
      for (const { day, first, count } of plan) await query('select history.make_outcomes($1, $2, $3, $4, $5, $6, $7)', [day, first, count, ...rest]);
    }),
  ]);
  await inSession(data, (query) => query('alter table idempotency_keys add primary key (tenant, key)'));
  await data.query('drop schema history cascade');
  await data.query(read('finish.sql'), [events]);
  // Autovacuum would have done this long ago; otherwise it would run during a measurement.
  await data.query('vacuum (analyze) idempotency_keys, lanes');
  await inSession(data, async (query) => {
    // A tenth of the usual sample, which would read every page of each of a hundred partitions.
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
