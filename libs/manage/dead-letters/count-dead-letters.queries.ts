/** Types generated for queries found in "libs/manage/dead-letters/count-dead-letters.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type replay_action = 'discard' | 'replay';

export type DateOrString = Date | string;

/** 'CountDeadLetters' parameters type */
export interface ICountDeadLettersParams {
  action: replay_action;
  endId: string;
  endpoint?: number | null | void;
  entity?: string | null | void;
  firstId: string;
  from?: DateOrString | null | void;
  tenant: string;
  to?: DateOrString | null | void;
  type?: string | null | void;
}

/** 'CountDeadLetters' return type */
export interface ICountDeadLettersResult {
  matched: number;
}

/** 'CountDeadLetters' query type */
export interface ICountDeadLettersQuery {
  params: ICountDeadLettersParams;
  result: ICountDeadLettersResult;
}

const countDeadLettersIR: any = {"usedParamSet":{"tenant":true,"firstId":true,"endId":true,"endpoint":true,"entity":true,"type":true,"from":true,"to":true,"action":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":98,"b":105}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":125,"b":133}]},{"name":"endId","required":true,"transform":{"type":"scalar"},"locs":[{"a":158,"b":164}]},{"name":"endpoint","required":false,"transform":{"type":"scalar"},"locs":[{"a":179,"b":187},{"a":222,"b":230}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":254,"b":260},{"a":445,"b":451}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":269,"b":273},{"a":486,"b":490}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":282,"b":286},{"a":539,"b":543}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":308,"b":310},{"a":588,"b":590}]},{"name":"action","required":true,"transform":{"type":"scalar"},"locs":[{"a":622,"b":629}]}],"statement":"select count(*)::integer as \"matched!\"\nfrom deliveries d\nwhere\n  d.status = 'dead' and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id < :endId!::uuid\n  and (:endpoint::integer is null or d.endpoint = :endpoint)\n  and (\n    coalesce(:entity::text, :type::text, :from::timestamptz::text, :to::timestamptz::text) is null\n    or exists (\n      select from events e\n      where\n        e.id = d.event_id and e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)\n        and e.accepted_at >= coalesce(:from, '-infinity') and e.accepted_at < coalesce(:to, 'infinity')\n    )\n  )\n  and (:action!::replay_action = 'discard' or exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null))"};

/**
 * Query generated from SQL:
 * ```
 * select count(*)::integer as "matched!"
 * from deliveries d
 * where
 *   d.status = 'dead' and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id < :endId!::uuid
 *   and (:endpoint::integer is null or d.endpoint = :endpoint)
 *   and (
 *     coalesce(:entity::text, :type::text, :from::timestamptz::text, :to::timestamptz::text) is null
 *     or exists (
 *       select from events e
 *       where
 *         e.id = d.event_id and e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)
 *         and e.accepted_at >= coalesce(:from, '-infinity') and e.accepted_at < coalesce(:to, 'infinity')
 *     )
 *   )
 *   and (:action!::replay_action = 'discard' or exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null))
 * ```
 */
export const countDeadLetters = new PreparedQuery<ICountDeadLettersParams,ICountDeadLettersResult>(countDeadLettersIR);


