/** Types generated for queries found in "libs/admission/src/find-unadmitted.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type NumberOrString = number | string;

/** 'FindUnadmitted' parameters type */
export interface IFindUnadmittedParams {
  after: NumberOrString;
  limit: NumberOrString;
  shard: number;
}

/** 'FindUnadmitted' return type */
export interface IFindUnadmittedResult {
  acceptSeq: number;
  id: string;
}

/** 'FindUnadmitted' query type */
export interface IFindUnadmittedQuery {
  params: IFindUnadmittedParams;
  result: IFindUnadmittedResult;
}

const findUnadmittedIR: any = {"usedParamSet":{"shard":true,"after":true,"limit":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":73,"b":79}]},{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":102,"b":108}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":201,"b":207}]}],"statement":"select e.id, e.accept_seq as \"acceptSeq\"\nfrom events e\nwhere\n  e.shard = :shard!\n  and e.accept_seq > :after!\n  and not exists (select from inbox i where i.event_id = e.id)\norder by e.accept_seq\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select e.id, e.accept_seq as "acceptSeq"
 * from events e
 * where
 *   e.shard = :shard!
 *   and e.accept_seq > :after!
 *   and not exists (select from inbox i where i.event_id = e.id)
 * order by e.accept_seq
 * limit :limit!
 * ```
 */
export const findUnadmitted = new PreparedQuery<IFindUnadmittedParams,IFindUnadmittedResult>(findUnadmittedIR);


