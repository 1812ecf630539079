/** Types generated for queries found in "libs/flow/admission/note-caught-up.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'NoteCaughtUp' parameters type */
export interface INoteCaughtUpParams {
  agoMs: number;
  epochs: NumberOrStringArray;
  shards: numberArray;
}

/** 'NoteCaughtUp' return type */
export type INoteCaughtUpResult = void;

/** 'NoteCaughtUp' query type */
export interface INoteCaughtUpQuery {
  params: INoteCaughtUpParams;
  result: INoteCaughtUpResult;
}

const noteCaughtUpIR: any = {"usedParamSet":{"shards":true,"epochs":true,"agoMs":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":47,"b":54}]},{"name":"epochs","required":true,"transform":{"type":"scalar"},"locs":[{"a":68,"b":75}]},{"name":"agoMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":510,"b":516}]}],"statement":"with fence as (\n  select l.shard\n  from unnest(:shards!::integer[], :epochs!::bigint[]) as mine (shard, epoch)\n    join shard_leases l on l.shard = mine.shard and l.epoch = mine.epoch\n    join shard_cursors c on c.shard = l.shard\n  order by l.shard\n  for key share of l\n  -- A statement that admits or catches up has the cursor for as long as it runs. The other shards must not wait for it here.\n  for no key update of c skip locked\n)\nupdate shard_cursors c\nset caught_up_at = greatest(c.caught_up_at, now() - :agoMs!::float8 * interval '1 millisecond')\nfrom fence f\nwhere c.shard = f.shard"};

/**
 * Query generated from SQL:
 * ```
 * with fence as (
 *   select l.shard
 *   from unnest(:shards!::integer[], :epochs!::bigint[]) as mine (shard, epoch)
 *     join shard_leases l on l.shard = mine.shard and l.epoch = mine.epoch
 *     join shard_cursors c on c.shard = l.shard
 *   order by l.shard
 *   for key share of l
 *   -- A statement that admits or catches up has the cursor for as long as it runs. The other shards must not wait for it here.
 *   for no key update of c skip locked
 * )
 * update shard_cursors c
 * set caught_up_at = greatest(c.caught_up_at, now() - :agoMs!::float8 * interval '1 millisecond')
 * from fence f
 * where c.shard = f.shard
 * ```
 */
export const noteCaughtUp = new PreparedQuery<INoteCaughtUpParams,INoteCaughtUpResult>(noteCaughtUpIR);


