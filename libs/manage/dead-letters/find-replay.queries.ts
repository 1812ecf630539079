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

const findReplayIR: any = {"usedParamSet":{"id":true,"tenant":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":447,"b":450}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":467,"b":474}]}],"statement":"select\n  r.id as \"id!\", r.action as \"action!\", r.event_id as \"eventId\", p.public_id as \"endpointId?\", r.entity, r.type, r.accepted_from as \"from\",\n  r.accepted_to as \"to\", r.matched as \"matched!\", r.selects as \"selects!\", r.created_at as \"createdAt!\", r.cancelled_at as \"cancelledAt\",\n  r.applied as \"applied!\", r.status as \"status!\", r.finished_at as \"finishedAt?\"\nfrom replay_progress r\n  left join endpoints p on p.id = r.endpoint\nwhere r.id = :id! and r.tenant = :tenant!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   r.id as "id!", r.action as "action!", r.event_id as "eventId", p.public_id as "endpointId?", r.entity, r.type, r.accepted_from as "from",
 *   r.accepted_to as "to", r.matched as "matched!", r.selects as "selects!", r.created_at as "createdAt!", r.cancelled_at as "cancelledAt",
 *   r.applied as "applied!", r.status as "status!", r.finished_at as "finishedAt?"
 * from replay_progress r
 *   left join endpoints p on p.id = r.endpoint
 * where r.id = :id! and r.tenant = :tenant!
 * ```
 */
export const findReplay = new PreparedQuery<IFindReplayParams,IFindReplayResult>(findReplayIR);


