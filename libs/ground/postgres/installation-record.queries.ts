/** Types generated for queries found in "libs/ground/postgres/installation-record.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'RecordInstallation' parameters type */
export interface IRecordInstallationParams {
  shards: number;
}

/** 'RecordInstallation' return type */
export interface IRecordInstallationResult {
  shards: number;
}

/** 'RecordInstallation' query type */
export interface IRecordInstallationQuery {
  params: IRecordInstallationParams;
  result: IRecordInstallationResult;
}

const recordInstallationIR: any = {"usedParamSet":{"shards":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":183,"b":190},{"a":377,"b":384}]}],"statement":"with installed as (\n  -- The update changes nothing. Unlike \"do nothing\" it returns the row, even if another process has just inserted it.\n  insert into installation (shards) values (:shards!)\n  on conflict (singleton) do update set shards = installation.shards\n  returning shards\n),\nnumbered as (\n  select generate_series(0, shards - 1) as shard from installed where shards = :shards!\n),\nleases as (\n  insert into shard_leases (shard) select shard from numbered on conflict do nothing\n),\ncursors as (\n  insert into shard_cursors (shard) select shard from numbered on conflict do nothing\n),\nrelayed as (\n  insert into relay_leases (shard) select shard from numbered on conflict do nothing\n)\nselect shards from installed"};

/**
 * Query generated from SQL:
 * ```
 * with installed as (
 *   -- The update changes nothing. Unlike "do nothing" it returns the row, even if another process has just inserted it.
 *   insert into installation (shards) values (:shards!)
 *   on conflict (singleton) do update set shards = installation.shards
 *   returning shards
 * ),
 * numbered as (
 *   select generate_series(0, shards - 1) as shard from installed where shards = :shards!
 * ),
 * leases as (
 *   insert into shard_leases (shard) select shard from numbered on conflict do nothing
 * ),
 * cursors as (
 *   insert into shard_cursors (shard) select shard from numbered on conflict do nothing
 * ),
 * relayed as (
 *   insert into relay_leases (shard) select shard from numbered on conflict do nothing
 * )
 * select shards from installed
 * ```
 */
export const recordInstallation = new PreparedQuery<IRecordInstallationParams,IRecordInstallationResult>(recordInstallationIR);


