/** Types generated for queries found in "libs/relay/src/remove-dispatch-outbox.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

/** 'RemoveDispatchOutbox' parameters type */
export interface IRemoveDispatchOutboxParams {
  ids: NumberOrStringArray;
}

/** 'RemoveDispatchOutbox' return type */
export type IRemoveDispatchOutboxResult = void;

/** 'RemoveDispatchOutbox' query type */
export interface IRemoveDispatchOutboxQuery {
  params: IRemoveDispatchOutboxParams;
  result: IRemoveDispatchOutboxResult;
}

const removeDispatchOutboxIR: any = {"usedParamSet":{"ids":true},"params":[{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":49}]}],"statement":"delete from dispatch_outbox o\nusing\n  unnest(:ids!::bigint[]) as sent (id),\n  (select set_config('synchronous_commit', 'off', true)) as faster\nwhere o.id = sent.id"};

/**
 * Query generated from SQL:
 * ```
 * delete from dispatch_outbox o
 * using
 *   unnest(:ids!::bigint[]) as sent (id),
 *   (select set_config('synchronous_commit', 'off', true)) as faster
 * where o.id = sent.id
 * ```
 */
export const removeDispatchOutbox = new PreparedQuery<IRemoveDispatchOutboxParams,IRemoveDispatchOutboxResult>(removeDispatchOutboxIR);


