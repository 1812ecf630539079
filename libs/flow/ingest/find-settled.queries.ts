/** Types generated for queries found in "libs/flow/ingest/find-settled.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

export type NumberOrString = number | string;

export type booleanArray = (boolean)[];

export type stringArray = (string)[];

/** 'FindSettled' parameters type */
export interface IFindSettledParams {
  ids: stringArray;
  last: booleanArray;
  most: NumberOrString;
}

/** 'FindSettled' return type */
export interface IFindSettledResult {
  admitted: boolean;
  attempts: number | null;
  deadReason: string | null;
  endpoint: number | null;
  endpointId: string | null;
  finishedAt: Date | null;
  id: string;
  nextAttemptAt: Date | null;
  replay: number | null;
  sequence: number | null;
  settled: boolean;
  status: delivery_status | null;
}

/** 'FindSettled' query type */
export interface IFindSettledQuery {
  params: IFindSettledParams;
  result: IFindSettledResult;
}

const findSettledIR: any = {"usedParamSet":{"ids":true,"last":true,"most":true},"params":[{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":349,"b":353}]},{"name":"last","required":true,"transform":{"type":"scalar"},"locs":[{"a":364,"b":369}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":1190,"b":1195}]}],"statement":"select\n  w.id as \"id!\", s.admitted as \"admitted!\", s.admitted and not s.open as \"settled!\", d.endpoint as \"endpoint?\",\n  d.replay as \"replay?\", p.public_id as \"endpointId?\", d.sequence, d.status as \"status?\", d.attempts as \"attempts?\",\n  d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.finished_at as \"finishedAt\"\nfrom unnest(:ids!::uuid[], :last!::boolean[]) with ordinality as w (id, last, ordinal)\n  cross join lateral (\n    select\n      exists (select from inbox i where i.event_id = w.id) as admitted,\n      -- In a CASE, so that no plan reads the index of all pending deliveries, or of all open replays.\n      exists (select from deliveries x where x.event_id = w.id and case when x.status = 'pending' then true end)\n        or exists (\n          select\n          from replays r\n            cross join lateral (\n              select from replay_shards h where h.replay = r.id and case when h.finished_at is null then true end offset 0\n            ) h\n          where r.event_id = w.id and r.requeue is not null\n        ) as open\n    offset 0\n  ) s\n  left join lateral (\n    select * from deliveries x where x.event_id = w.id order by x.replay, x.endpoint limit :most!\n  ) d on true\n  left join endpoints p on p.id = d.endpoint\nwhere w.last or (s.admitted and not s.open)\norder by w.ordinal, d.replay, d.endpoint"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   w.id as "id!", s.admitted as "admitted!", s.admitted and not s.open as "settled!", d.endpoint as "endpoint?",
 *   d.replay as "replay?", p.public_id as "endpointId?", d.sequence, d.status as "status?", d.attempts as "attempts?",
 *   d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.finished_at as "finishedAt"
 * from unnest(:ids!::uuid[], :last!::boolean[]) with ordinality as w (id, last, ordinal)
 *   cross join lateral (
 *     select
 *       exists (select from inbox i where i.event_id = w.id) as admitted,
 *       -- In a CASE, so that no plan reads the index of all pending deliveries, or of all open replays.
 *       exists (select from deliveries x where x.event_id = w.id and case when x.status = 'pending' then true end)
 *         or exists (
 *           select
 *           from replays r
 *             cross join lateral (
 *               select from replay_shards h where h.replay = r.id and case when h.finished_at is null then true end offset 0
 *             ) h
 *           where r.event_id = w.id and r.requeue is not null
 *         ) as open
 *     offset 0
 *   ) s
 *   left join lateral (
 *     select * from deliveries x where x.event_id = w.id order by x.replay, x.endpoint limit :most!
 *   ) d on true
 *   left join endpoints p on p.id = d.endpoint
 * where w.last or (s.admitted and not s.open)
 * order by w.ordinal, d.replay, d.endpoint
 * ```
 */
export const findSettled = new PreparedQuery<IFindSettledParams,IFindSettledResult>(findSettledIR);


