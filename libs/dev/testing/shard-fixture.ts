import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { v7 } from 'uuid';
import { mintId } from '#domain/ids';
import { createPool } from '#ground/postgres/pool';
import { ensureInstallation } from '#ground/postgres/installation';
import { databaseOf } from '#ground/postgres/pool';
import { createTestDatabase } from './test-database.js';

/** A database with endpoints, events and leased shards, for tests of admission, outcomes and lanes. */
export interface ShardFixture {
  readonly pool: pg.Pool;
  readonly url: string;
  /** Takes the shard, as an owner does; returns the new epoch. */
  takeShard(shard: number): Promise<number>;
  createEndpoint(changes?: { eventTypes?: string[]; ordering?: 'entity' | 'none'; url?: string; destinationOf?: number; filter?: string; filterPasses?: number }): Promise<number>;
  /** Accepts events as the gateway's statement does, now or at an earlier time; returns their ids, in accept order. */
  accept(events: readonly { shard: number; entity: string; type?: string; payload?: Buffer; destination?: number }[], at?: Date): Promise<string[]>;
  close(): Promise<void>;
}

export const SHARDS = 4;

export async function createShardFixture(): Promise<ShardFixture> {
  const database = await createTestDatabase();
  const pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 4 });
  await ensureInstallation(databaseOf(pool), SHARDS);
  return {
    pool,
    url: database.url,
    takeShard: async (shard) => {
      const { rows } = await pool.query<{ epoch: number }>(
        "update shard_leases set epoch = epoch + 1, owner = gen_random_uuid(), expires_at = now() + interval '1 minute' where shard = $1 returning epoch", [shard]);
      return rows[0]?.epoch ?? 0;
    },
    createEndpoint: async ({ eventTypes = ['*'], ordering = 'entity', url = 'http://127.0.0.1:9/', destinationOf, filter, filterPasses = 1 } = {}) => {
      const { rows } = await pool.query<{ id: number }>(
        "insert into endpoints (public_id, tenant, url, event_types, ordering, destination_of, filter, filter_passes) values (gen_random_uuid(), 'default', $3, $1, $2, $4, $5, $6) returning id",
        [eventTypes, ordering, url, destinationOf, filter, filter === undefined ? null : filterPasses]);
      return rows[0]?.id ?? 0;
    },
    accept: async (events, at) => {
      const ids = events.map(() => (at === undefined ? mintId() : v7({ msecs: at.getTime() })));
      await pool.query(
        `insert into events (id, tenant, shard, type, entity, content_type, payload, destination, accepted_at)
         select id, 'default', shard, type, entity, 'application/json', payload, destination, coalesce($6, now())
         from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::bytea[], $7::int[]) with ordinality as e (id, shard, type, entity, payload, destination, n) order by n`,
        [ids, events.map(({ shard }) => shard), events.map(({ type }) => type ?? 'order.created'), events.map(({ entity }) => entity), events.map(({ payload }) => payload ?? randomBytes(8)), at ?? null, events.map(({ destination }) => destination ?? null)]);
      return ids;
    },
    close: async () => {
      await pool.end();
      await database.drop();
    },
  };
}
