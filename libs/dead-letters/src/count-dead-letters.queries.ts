/** Types generated for queries found in "libs/dead-letters/src/count-dead-letters.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

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

const countDeadLettersIR: any = {"usedParamSet":{"tenant":true,"endpoint":true,"entity":true,"type":true,"from":true,"to":true,"action":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":135,"b":142}]},{"name":"endpoint","required":false,"transform":{"type":"scalar"},"locs":[{"a":151,"b":159},{"a":194,"b":202}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":212,"b":218},{"a":248,"b":254}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":264,"b":268},{"a":296,"b":300}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":310,"b":314},{"a":357,"b":361}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":371,"b":373},{"a":415,"b":417}]},{"name":"action","required":true,"transform":{"type":"scalar"},"locs":[{"a":427,"b":434}]}],"statement":"select count(*)::integer as \"matched!\"\nfrom deliveries d\n  join events e on e.id = d.event_id\nwhere\n  d.status = 'dead' and d.tenant = :tenant!\n  and (:endpoint::integer is null or d.endpoint = :endpoint)\n  and (:entity::text is null or e.entity = :entity)\n  and (:type::text is null or e.type = :type)\n  and (:from::timestamptz is null or e.accepted_at >= :from)\n  and (:to::timestamptz is null or e.accepted_at < :to)\n  and (:action!::replay_action = 'discard' or exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null))"};

/**
 * Query generated from SQL:
 * ```
 * select count(*)::integer as "matched!"
 * from deliveries d
 *   join events e on e.id = d.event_id
 * where
 *   d.status = 'dead' and d.tenant = :tenant!
 *   and (:endpoint::integer is null or d.endpoint = :endpoint)
 *   and (:entity::text is null or e.entity = :entity)
 *   and (:type::text is null or e.type = :type)
 *   and (:from::timestamptz is null or e.accepted_at >= :from)
 *   and (:to::timestamptz is null or e.accepted_at < :to)
 *   and (:action!::replay_action = 'discard' or exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null))
 * ```
 */
export const countDeadLetters = new PreparedQuery<ICountDeadLettersParams,ICountDeadLettersResult>(countDeadLettersIR);


