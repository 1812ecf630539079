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

const listReplaysIR: any = {"usedParamSet":{"mostRead":true,"tenant":true,"from":true,"beforeMoment":true,"beforeId":true,"action":true,"status":true,"endpointId":true,"limit":true},"params":[{"name":"mostRead","required":true,"transform":{"type":"scalar"},"locs":[{"a":567,"b":576},{"a":951,"b":960}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":679,"b":686}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":728,"b":733}]},{"name":"beforeMoment","required":true,"transform":{"type":"scalar"},"locs":[{"a":826,"b":839}]},{"name":"beforeId","required":true,"transform":{"type":"scalar"},"locs":[{"a":877,"b":886}]},{"name":"action","required":false,"transform":{"type":"scalar"},"locs":[{"a":1077,"b":1083},{"a":1122,"b":1128}]},{"name":"status","required":false,"transform":{"type":"scalar"},"locs":[{"a":1136,"b":1142},{"a":1172,"b":1178}]},{"name":"endpointId","required":false,"transform":{"type":"scalar"},"locs":[{"a":1194,"b":1204},{"a":1237,"b":1247}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":1340,"b":1346}]}],"statement":"select\n  r.id as \"id!\", r.action as \"action!\", r.event_id as \"eventId\", p.public_id as \"endpointId?\", r.entity, r.type, r.accepted_from as \"from\",\n  r.accepted_to as \"to\", r.matched as \"matched!\", r.selects as \"selects!\",\n  r.created_at as \"createdAt!\", (extract(epoch from r.created_at) * 1000000)::bigint as \"microseconds!\", r.cancelled_at as \"cancelledAt\",\n  r.applied as \"applied!\", r.status as \"status!\", r.finished_at as \"finishedAt?\", m.matches as \"matches!\", r.is_last as \"isLast!\"\nfrom (\n    select *, row_number() over (order by created_at desc, id desc) = :mostRead! as is_last\n    from (\n        select *\n        from replay_progress\n        where\n          tenant = :tenant! and created_at >= timestamptz 'epoch' + :from!::float8 * interval '1 microsecond'\n          and (created_at, id) < (timestamptz 'epoch' + :beforeMoment!::float8 * interval '1 microsecond', :beforeId!::uuid)\n        order by created_at desc, id desc\n        limit :mostRead!::bigint\n      ) newest\n  ) r\n  left join endpoints p on p.id = r.endpoint\n  cross join lateral (\n    select\n      (:action::replay_action is null or r.action = :action) and (:status::text is null or r.status = :status)\n        and (:endpointId::uuid is null or p.public_id = :endpointId) as matches\n  ) m\nwhere m.matches or r.is_last\norder by r.created_at desc, r.id desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   r.id as "id!", r.action as "action!", r.event_id as "eventId", p.public_id as "endpointId?", r.entity, r.type, r.accepted_from as "from",
 *   r.accepted_to as "to", r.matched as "matched!", r.selects as "selects!",
 *   r.created_at as "createdAt!", (extract(epoch from r.created_at) * 1000000)::bigint as "microseconds!", r.cancelled_at as "cancelledAt",
 *   r.applied as "applied!", r.status as "status!", r.finished_at as "finishedAt?", m.matches as "matches!", r.is_last as "isLast!"
 * from (
 *     select *, row_number() over (order by created_at desc, id desc) = :mostRead! as is_last
 *     from (
 *         select *
 *         from replay_progress
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
 *       (:action::replay_action is null or r.action = :action) and (:status::text is null or r.status = :status)
 *         and (:endpointId::uuid is null or p.public_id = :endpointId) as matches
 *   ) m
 * where m.matches or r.is_last
 * order by r.created_at desc, r.id desc
 * limit :limit!
 * ```
 */
export const listReplays = new PreparedQuery<IListReplaysParams,IListReplaysResult>(listReplaysIR);


