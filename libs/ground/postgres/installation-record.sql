/*
  Records the number of shards at the first start, and inserts each shard's rows. Returns the recorded number.
  Inserts nothing if the given number differs from it.
*/
/* @name recordInstallation */
with installed as (
  -- The update changes nothing. Unlike "do nothing" it returns the row, even if another process has just inserted it.
  insert into installation (shards) values (:shards!)
  on conflict (singleton) do update set shards = installation.shards
  returning shards
),
numbered as (
  select generate_series(0, shards - 1) as shard from installed where shards = :shards!
),
leases as (
  insert into shard_leases (shard) select shard from numbered on conflict do nothing
),
cursors as (
  insert into shard_cursors (shard) select shard from numbered on conflict do nothing
),
relayed as (
  insert into relay_leases (shard) select shard from numbered on conflict do nothing
)
select shards from installed;
