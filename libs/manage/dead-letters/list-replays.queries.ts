/** Types generated for queries found in "libs/manage/dead-letters/list-replays.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type replay_action = 'discard' | 'replay';

export type NumberOrString = number | string;

/** 'ListReplays' parameters type */
export interface IListReplaysParams {
  action?: replay_action | null | void;
  beforeId: string;
  beforeMoment: number;
  endpointId?: string | null | void;
  from: number;
  limit: NumberOrString;
  mostRead: NumberOrString;
  status?: string | null | void;
  tenant: string;
}

/** 'ListReplays' return type */
export interface IListReplaysResult {
  action: replay_action;
  applied: number;
  cancelledAt: Date | null;
  createdAt: Date;
  endpointId: string | null;
  entity: string | null;
  eventId: string | null;
  finishedAt: Date | null;
  from: Date | null;
  id: string;
  isLast: boolean;
  matched: number;
  matches: boolean;
  microseconds: number;
  selects: string;
  status: string;
  to: Date | null;
  type: string | null;
}

/** 'ListReplays' query type */
export interface IListReplaysQuery {
  params: IListReplaysParams;
  result: IListReplaysResult;
}

const listReplaysIR: any = {"usedParamSet":{"mostRead":true,"tenant":true,"from":true,"beforeMoment":true,"beforeId":true,"action":true,"status":true,"endpointId":true,"limit":true},"params":[{"name":"mostRead","required":true,"transform":{"type":"scalar"},"locs":[{"a":665,"b":674},{"a":1041,"b":1050}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":769,"b":776}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":818,"b":823}]},{"name":"beforeMoment","required":true,"transform":{"type":"scalar"},"locs":[{"a":916,"b":929}]},{"name":"beforeId","required":true,"transform":{"type":"scalar"},"locs":[{"a":967,"b":976}]},{"name":"action","required":false,"transform":{"type":"scalar"},"locs":[{"a":1505,"b":1511},{"a":1550,"b":1556}]},{"name":"status","required":false,"transform":{"type":"scalar"},"locs":[{"a":1564,"b":1570},{"a":1600,"b":1606}]},{"name":"endpointId","required":false,"transform":{"type":"scalar"},"locs":[{"a":1622,"b":1632},{"a":1665,"b":1675}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":1768,"b":1774}]}],"statement":"select\n  r.id as \"id!\", r.action as \"action!\", r.event_id as \"eventId\", p.public_id as \"endpointId?\", r.entity, r.type, r.accepted_from as \"from\",\n  r.accepted_to as \"to\", r.matched as \"matched!\",\n  case when r.delivered or (r.event_id is not null and r.requeue is null) then 'any' else 'undelivered' end as \"selects!\",\n  r.created_at as \"createdAt!\", (extract(epoch from r.created_at) * 1000000)::bigint as \"microseconds!\", r.cancelled_at as \"cancelledAt\",\n  s.applied as \"applied!\", s.status as \"status!\", s.finished_at as \"finishedAt?\", m.matches as \"matches!\", r.is_last as \"isLast!\"\nfrom (\n    select *, row_number() over (order by created_at desc, id desc) = :mostRead! as is_last\n    from (\n        select *\n        from replays\n        where\n          tenant = :tenant! and created_at >= timestamptz 'epoch' + :from!::float8 * interval '1 microsecond'\n          and (created_at, id) < (timestamptz 'epoch' + :beforeMoment!::float8 * interval '1 microsecond', :beforeId!::uuid)\n        order by created_at desc, id desc\n        limit :mostRead!::bigint\n      ) newest\n  ) r\n  left join endpoints p on p.id = r.endpoint\n  cross join lateral (\n    select\n      coalesce(sum(applied), 0)::integer as applied, max(finished_at) as finished_at,\n      case\n        when r.cancelled_at is not null then 'cancelled'\n        when bool_or(finished_at is null) then 'running'\n        else 'done'\n      end as status\n    from replay_shards\n    where replay = r.id\n  ) s\n  cross join lateral (\n    select\n      (:action::replay_action is null or r.action = :action) and (:status::text is null or s.status = :status)\n        and (:endpointId::uuid is null or p.public_id = :endpointId) as matches\n  ) m\nwhere m.matches or r.is_last\norder by r.created_at desc, r.id desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   r.id as "id!", r.action as "action!", r.event_id as "eventId", p.public_id as "endpointId?", r.entity, r.type, r.accepted_from as "from",
 *   r.accepted_to as "to", r.matched as "matched!",
 *   case when r.delivered or (r.event_id is not null and r.requeue is null) then 'any' else 'undelivered' end as "selects!",
 *   r.created_at as "createdAt!", (extract(epoch from r.created_at) * 1000000)::bigint as "microseconds!", r.cancelled_at as "cancelledAt",
 *   s.applied as "applied!", s.status as "status!", s.finished_at as "finishedAt?", m.matches as "matches!", r.is_last as "isLast!"
 * from (
 *     select *, row_number() over (order by created_at desc, id desc) = :mostRead! as is_last
 *     from (
 *         select *
 *         from replays
 *         where
 *           tenant = :tenant! and created_at >= timestamptz 'epoch' + :from!::float8 * interval '1 microsecond'
 *           and (created_at, id) < (timestamptz 'epoch' + :beforeMoment!::float8 * interval '1 microsecond', :beforeId!::uuid)
 *         order by created_at desc, id desc
 *         limit :mostRead!::bigint
 *       ) newest
 *   ) r
 *   left join endpoints p on p.id = r.endpoint
 *   cross join lateral (
 *     select
 *       coalesce(sum(applied), 0)::integer as applied, max(finished_at) as finished_at,
 *       case
 *         when r.cancelled_at is not null then 'cancelled'
 *         when bool_or(finished_at is null) then 'running'
 *         else 'done'
 *       end as status
 *     from replay_shards
 *     where replay = r.id
 *   ) s
 *   cross join lateral (
 *     select
 *       (:action::replay_action is null or r.action = :action) and (:status::text is null or s.status = :status)
 *         and (:endpointId::uuid is null or p.public_id = :endpointId) as matches
 *   ) m
 * where m.matches or r.is_last
 * order by r.created_at desc, r.id desc
 * limit :limit!
 * ```
 */
export const listReplays = new PreparedQuery<IListReplaysParams,IListReplaysResult>(listReplaysIR);


