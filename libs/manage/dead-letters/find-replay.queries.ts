/** Types generated for queries found in "libs/manage/dead-letters/find-replay.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type replay_action = 'discard' | 'replay';

/** 'FindReplay' parameters type */
export interface IFindReplayParams {
  id: string;
  tenant: string;
}

/** 'FindReplay' return type */
export interface IFindReplayResult {
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
  matched: number;
  selects: string;
  status: string;
  to: Date | null;
  type: string | null;
}

/** 'FindReplay' query type */
export interface IFindReplayQuery {
  params: IFindReplayParams;
  result: IFindReplayResult;
}

const findReplayIR: any = {"usedParamSet":{"id":true,"tenant":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":838,"b":841}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":858,"b":865}]}],"statement":"select\n  r.id, r.action, r.event_id as \"eventId\", p.public_id as \"endpointId?\", r.entity, r.type, r.accepted_from as \"from\",\n  r.accepted_to as \"to\", r.matched,\n  case when r.delivered or (r.event_id is not null and r.requeue is null) then 'any' else 'undelivered' end as \"selects!\",\n  r.created_at as \"createdAt\", r.cancelled_at as \"cancelledAt\", s.applied as \"applied!\", s.status as \"status!\", s.finished_at as \"finishedAt?\"\nfrom replays r\n  left join endpoints p on p.id = r.endpoint\n  cross join lateral (\n    select\n      coalesce(sum(applied), 0)::integer as applied, max(finished_at) as finished_at,\n      case\n        when r.cancelled_at is not null then 'cancelled'\n        when bool_or(finished_at is null) then 'running'\n        else 'done'\n      end as status\n    from replay_shards\n    where replay = r.id\n  ) s\nwhere r.id = :id! and r.tenant = :tenant!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   r.id, r.action, r.event_id as "eventId", p.public_id as "endpointId?", r.entity, r.type, r.accepted_from as "from",
 *   r.accepted_to as "to", r.matched,
 *   case when r.delivered or (r.event_id is not null and r.requeue is null) then 'any' else 'undelivered' end as "selects!",
 *   r.created_at as "createdAt", r.cancelled_at as "cancelledAt", s.applied as "applied!", s.status as "status!", s.finished_at as "finishedAt?"
 * from replays r
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
 * where r.id = :id! and r.tenant = :tenant!
 * ```
 */
export const findReplay = new PreparedQuery<IFindReplayParams,IFindReplayResult>(findReplayIR);


