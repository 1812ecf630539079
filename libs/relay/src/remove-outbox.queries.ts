/** Types generated for queries found in "libs/relay/src/remove-outbox.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'RemoveOutbox' parameters type */
export interface IRemoveOutboxParams {
  acceptSeqs: NumberOrStringArray;
  shards: numberArray;
}

/** 'RemoveOutbox' return type */
export type IRemoveOutboxResult = void;

/** 'RemoveOutbox' query type */
export interface IRemoveOutboxQuery {
  params: IRemoveOutboxParams;
  result: IRemoveOutboxResult;
}

const removeOutboxIR: any = {"usedParamSet":{"shards":true,"acceptSeqs":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":36,"b":43}]},{"name":"acceptSeqs","required":true,"transform":{"type":"scalar"},"locs":[{"a":57,"b":68}]}],"statement":"delete from outbox o\nusing\n  unnest(:shards!::integer[], :acceptSeqs!::bigint[]) as sent (shard, accept_seq),\n  (select set_config('synchronous_commit', 'off', true)) as faster\nwhere o.shard = sent.shard and o.accept_seq = sent.accept_seq"};

/**
 * Query generated from SQL:
 * ```
 * delete from outbox o
 * using
 *   unnest(:shards!::integer[], :acceptSeqs!::bigint[]) as sent (shard, accept_seq),
 *   (select set_config('synchronous_commit', 'off', true)) as faster
 * where o.shard = sent.shard and o.accept_seq = sent.accept_seq
 * ```
 */
export const removeOutbox = new PreparedQuery<IRemoveOutboxParams,IRemoveOutboxResult>(removeOutboxIR);


