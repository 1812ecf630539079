/** Types generated for queries found in "libs/manage/ledger/check-outbox.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'CheckOutbox' parameters type */
export interface ICheckOutboxParams {
  examples: number;
}

/** 'CheckOutbox' return type */
export interface ICheckOutboxResult {
  eventId: string;
  kind: string;
  tenant: string;
  total: number;
}

/** 'CheckOutbox' query type */
export interface ICheckOutboxQuery {
  params: ICheckOutboxParams;
  result: ICheckOutboxResult;
}

const checkOutboxIR: any = {"usedParamSet":{"examples":true},"params":[{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":532,"b":541}]}],"statement":"with offending as (\n  select o.tenant, o.event_id\n  from outbox o\n  -- \"offset 0\": a look-up by key for each row; a join would walk through all events.\n  where not exists (select from events e where e.id = o.event_id offset 0)\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by tenant) as total,\n    row_number() over (partition by tenant order by event_id) as place\n  from offending\n)\nselect 'outbox_without_event' as \"kind!\", tenant as \"tenant!\", total as \"total!\", event_id as \"eventId!\"\nfrom counted\nwhere place <= :examples!::integer\norder by tenant, place"};

/**
 * Query generated from SQL:
 * ```
 * with offending as (
 *   select o.tenant, o.event_id
 *   from outbox o
 *   -- "offset 0": a look-up by key for each row; a join would walk through all events.
 *   where not exists (select from events e where e.id = o.event_id offset 0)
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by tenant) as total,
 *     row_number() over (partition by tenant order by event_id) as place
 *   from offending
 * )
 * select 'outbox_without_event' as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!"
 * from counted
 * where place <= :examples!::integer
 * order by tenant, place
 * ```
 */
export const checkOutbox = new PreparedQuery<ICheckOutboxParams,ICheckOutboxResult>(checkOutboxIR);


