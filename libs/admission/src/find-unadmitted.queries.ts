/** Types generated for queries found in "libs/admission/src/find-unadmitted.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'FindUnadmitted' parameters type */
export interface IFindUnadmittedParams {
  after: NumberOrString;
  before: DateOrString;
  limit: NumberOrString;
  settledMs: number;
  shard: number;
}

/** 'FindUnadmitted' return type */
export interface IFindUnadmittedResult {
  acceptSeq: number;
  id: string;
  settled: boolean;
}

/** 'FindUnadmitted' query type */
export interface IFindUnadmittedQuery {
  params: IFindUnadmittedParams;
  result: IFindUnadmittedResult;
}

const findUnadmittedIR: any = {"usedParamSet":{"settledMs":true,"shard":true,"after":true,"before":true,"limit":true},"params":[{"name":"settledMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":66,"b":76}]},{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":159,"b":165}]},{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":188,"b":194}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":218,"b":225}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":340,"b":346}]}],"statement":"select e.id, e.accept_seq as \"acceptSeq\", e.accepted_at < now() - :settledMs!::float8 * interval '1 millisecond' as \"settled!\"\nfrom events e\nwhere\n  e.shard = :shard!\n  and e.accept_seq > :after!\n  and e.accepted_at < :before!::timestamptz\n  and not exists (select from inbox i where i.event_id = e.id offset 0)\norder by e.accept_seq\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select e.id, e.accept_seq as "acceptSeq", e.accepted_at < now() - :settledMs!::float8 * interval '1 millisecond' as "settled!"
 * from events e
 * where
 *   e.shard = :shard!
 *   and e.accept_seq > :after!
 *   and e.accepted_at < :before!::timestamptz
 *   and not exists (select from inbox i where i.event_id = e.id offset 0)
 * order by e.accept_seq
 * limit :limit!
 * ```
 */
export const findUnadmitted = new PreparedQuery<IFindUnadmittedParams,IFindUnadmittedResult>(findUnadmittedIR);


