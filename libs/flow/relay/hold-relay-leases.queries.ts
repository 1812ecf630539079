/** Types generated for queries found in "libs/flow/relay/hold-relay-leases.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'HoldRelayLeases' parameters type */
export interface IHoldRelayLeasesParams {
  relay: string;
  ttlMs: number;
}

/** 'HoldRelayLeases' return type */
export interface IHoldRelayLeasesResult {
  shard: number;
}

/** 'HoldRelayLeases' query type */
export interface IHoldRelayLeasesQuery {
  params: IHoldRelayLeasesParams;
  result: IHoldRelayLeasesResult;
}

const holdRelayLeasesIR: any = {"usedParamSet":{"relay":true,"ttlMs":true},"params":[{"name":"relay","required":true,"transform":{"type":"scalar"},"locs":[{"a":58,"b":64},{"a":225,"b":231},{"a":371,"b":377},{"a":617,"b":623},{"a":699,"b":705},{"a":846,"b":852},{"a":934,"b":940}]},{"name":"ttlMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":401,"b":407},{"a":964,"b":970}]}],"statement":"with seen as (\n  insert into relays (id, seen_at) values (:relay!, now())\n  on conflict (id) do update set seen_at = excluded.seen_at\n),\nexpired as (\n  delete from relays where seen_at < now() - interval '1 minute' and id <> :relay!\n),\nshare as (\n  select ceil((select count(*) from relay_leases)::numeric / (count(*) + 1))::integer as shards\n  from relays\n  where id <> :relay! and seen_at > now() - :ttlMs!::float8 * interval '1 millisecond'\n),\nwanted as (\n  -- Own shards first, so that shards seldom move. Skip locked: another relay is acquiring that shard now.\n  select shard\n  from relay_leases\n  where relay = :relay! or relay is null or expires_at <= now()\n  order by relay is distinct from :relay!, shard\n  limit (select shards from share)\n  for update skip locked\n),\nreleased as (\n  update relay_leases set relay = null\n  where relay = :relay! and shard not in (select shard from wanted)\n)\nupdate relay_leases l\nset relay = :relay!, expires_at = now() + :ttlMs!::float8 * interval '1 millisecond'\nfrom wanted\nwhere l.shard = wanted.shard\nreturning l.shard"};

/**
 * Query generated from SQL:
 * ```
 * with seen as (
 *   insert into relays (id, seen_at) values (:relay!, now())
 *   on conflict (id) do update set seen_at = excluded.seen_at
 * ),
 * expired as (
 *   delete from relays where seen_at < now() - interval '1 minute' and id <> :relay!
 * ),
 * share as (
 *   select ceil((select count(*) from relay_leases)::numeric / (count(*) + 1))::integer as shards
 *   from relays
 *   where id <> :relay! and seen_at > now() - :ttlMs!::float8 * interval '1 millisecond'
 * ),
 * wanted as (
 *   -- Own shards first, so that shards seldom move. Skip locked: another relay is acquiring that shard now.
 *   select shard
 *   from relay_leases
 *   where relay = :relay! or relay is null or expires_at <= now()
 *   order by relay is distinct from :relay!, shard
 *   limit (select shards from share)
 *   for update skip locked
 * ),
 * released as (
 *   update relay_leases set relay = null
 *   where relay = :relay! and shard not in (select shard from wanted)
 * )
 * update relay_leases l
 * set relay = :relay!, expires_at = now() + :ttlMs!::float8 * interval '1 millisecond'
 * from wanted
 * where l.shard = wanted.shard
 * returning l.shard
 * ```
 */
export const holdRelayLeases = new PreparedQuery<IHoldRelayLeasesParams,IHoldRelayLeasesResult>(holdRelayLeasesIR);


