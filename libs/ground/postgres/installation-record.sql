/*
  Records the number of shards at the first start and makes each shard's rows; returns the number that is recorded.
  With another number than that, nothing is made.
*/
/* @name recordInstallation */
with installed as (
  -- The update changes nothing: unlike "do nothing" it returns the row, also one that another process has just made.
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
