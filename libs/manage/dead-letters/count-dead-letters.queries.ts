/** Types generated for queries found in "libs/manage/dead-letters/count-dead-letters.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type replay_action = 'discard' | 'replay';

export type DateOrString = Date | string;

/** 'CountDeadLetters' parameters type */
export interface ICountDeadLettersParams {
  action: replay_action;
  endpoint?: number | null | void;
  entity?: string | null | void;
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

const countDeadLettersIR: any = {"usedParamSet":{"tenant":true,"endpoint":true,"entity":true,"type":true,"from":true,"to":true,"action":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":98,"b":105}]},{"name":"endpoint","required":false,"transform":{"type":"scalar"},"locs":[{"a":114,"b":122},{"a":157,"b":165}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":189,"b":195},{"a":380,"b":386}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":204,"b":208},{"a":421,"b":425}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":217,"b":221},{"a":474,"b":478}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":243,"b":245},{"a":523,"b":525}]},{"name":"action","required":true,"transform":{"type":"scalar"},"locs":[{"a":557,"b":564}]}],"statement":"select count(*)::integer as \"matched!\"\nfrom deliveries d\nwhere\n  d.status = 'dead' and d.tenant = :tenant!\n  and (:endpoint::integer is null or d.endpoint = :endpoint)\n  and (\n    coalesce(:entity::text, :type::text, :from::timestamptz::text, :to::timestamptz::text) is null\n    or exists (\n      select from events e\n      where\n        e.id = d.event_id and e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)\n        and e.accepted_at >= coalesce(:from, '-infinity') and e.accepted_at < coalesce(:to, 'infinity')\n    )\n  )\n  and (:action!::replay_action = 'discard' or exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null))"};

/**
 * Query generated from SQL:
 * ```
 * select count(*)::integer as "matched!"
 * from deliveries d
 * where
 *   d.status = 'dead' and d.tenant = :tenant!
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


