/** Types generated for queries found in "libs/manage/ledger/check-replays.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'CheckReplays' parameters type */
export interface ICheckReplaysParams {
  examples: number;
}

/** 'CheckReplays' return type */
export interface ICheckReplaysResult {
  endpoint: number;
  eventId: string;
  kind: string;
  replay: number;
  tenant: string;
  total: number;
}

/** 'CheckReplays' query type */
export interface ICheckReplaysQuery {
  params: ICheckReplaysParams;
  result: ICheckReplaysResult;
}

const checkReplaysIR: any = {"usedParamSet":{"examples":true},"params":[{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":587,"b":596}]}],"statement":"with offending as (\n  select d.event_id, d.endpoint, d.replay, d.tenant\n  from kept_deliveries d\n  where (d.replay <> 0 or d.caught_up) and not exists (select from inbox i where i.event_id = d.event_id offset 0)\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by tenant) as total,\n    row_number() over (partition by tenant order by event_id, endpoint, replay) as place\n  from offending\n)\nselect\n  'delivery_without_inbox' as \"kind!\", tenant as \"tenant!\", total as \"total!\", event_id as \"eventId!\",\n  endpoint as \"endpoint!\", replay as \"replay!\"\nfrom counted\nwhere place <= :examples!::integer\norder by tenant, place"};

/**
 * Query generated from SQL:
 * ```
 * with offending as (
 *   select d.event_id, d.endpoint, d.replay, d.tenant
 *   from kept_deliveries d
 *   where (d.replay <> 0 or d.caught_up) and not exists (select from inbox i where i.event_id = d.event_id offset 0)
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by tenant) as total,
 *     row_number() over (partition by tenant order by event_id, endpoint, replay) as place
 *   from offending
 * )
 * select
 *   'delivery_without_inbox' as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!",
 *   endpoint as "endpoint!", replay as "replay!"
 * from counted
 * where place <= :examples!::integer
 * order by tenant, place
 * ```
 */
export const checkReplays = new PreparedQuery<ICheckReplaysParams,ICheckReplaysResult>(checkReplaysIR);


