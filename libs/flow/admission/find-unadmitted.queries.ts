/** Types generated for queries found in "libs/flow/admission/find-unadmitted.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'FindUnadmitted' parameters type */
export interface IFindUnadmittedParams {
  after: NumberOrString;
  before: DateOrString;
  limit: NumberOrString;
  shard: number;
}

/** 'FindUnadmitted' return type */
export interface IFindUnadmittedResult {
  acceptSeq: number;
  id: string;
  missing: boolean;
}

/** 'FindUnadmitted' query type */
export interface IFindUnadmittedQuery {
  params: IFindUnadmittedParams;
  result: IFindUnadmittedResult;
}

const findUnadmittedIR: any = {"usedParamSet":{"shard":true,"after":true,"limit":true,"before":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":97,"b":103}]},{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":122,"b":128}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":160,"b":166}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":234,"b":241}]}],"statement":"with looked as materialized (\n  select id, accept_seq, accepted_at\n  from events\n  where shard = :shard! and accept_seq > :after!\n  order by accept_seq\n  limit :limit!\n)\nselect\n  l.id,\n  l.accept_seq as \"acceptSeq\",\n  l.accepted_at < :before!::timestamptz and not exists (select from inbox i where i.event_id = l.id offset 0) as \"missing!\"\nfrom looked l\norder by l.accept_seq"};

/**
 * Query generated from SQL:
 * ```
 * with looked as materialized (
 *   select id, accept_seq, accepted_at
 *   from events
 *   where shard = :shard! and accept_seq > :after!
 *   order by accept_seq
 *   limit :limit!
 * )
 * select
 *   l.id,
 *   l.accept_seq as "acceptSeq",
 *   l.accepted_at < :before!::timestamptz and not exists (select from inbox i where i.event_id = l.id offset 0) as "missing!"
 * from looked l
 * order by l.accept_seq
 * ```
 */
export const findUnadmitted = new PreparedQuery<IFindUnadmittedParams,IFindUnadmittedResult>(findUnadmittedIR);


