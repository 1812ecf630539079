/** Types generated for queries found in "libs/manage/rejections/add-rejections.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'AddRejections' parameters type */
export interface IAddRejectionsParams {
  codes: stringArray;
  eventFirstsMs: numberArray;
  eventKeys: stringArray;
  eventLastsMs: numberArray;
  eventMinutesMs: numberArray;
  eventRequests: NumberOrStringArray;
  events: stringArray;
  gateway: string;
  keys: stringArray;
  lastAtsMs: numberArray;
  lastDetails: stringArray;
  minutesMs: numberArray;
  number: NumberOrString;
  requests: NumberOrStringArray;
  sources: stringArray;
  tenants: stringArray;
}

/** 'AddRejections' return type */
export type IAddRejectionsResult = void;

/** 'AddRejections' query type */
export interface IAddRejectionsQuery {
  params: IAddRejectionsParams;
  result: IAddRejectionsResult;
}

const addRejectionsIR: any = {"usedParamSet":{"gateway":true,"number":true,"events":true,"eventMinutesMs":true,"eventKeys":true,"eventRequests":true,"eventFirstsMs":true,"eventLastsMs":true,"tenants":true,"minutesMs":true,"sources":true,"keys":true,"codes":true,"requests":true,"lastDetails":true,"lastAtsMs":true},"params":[{"name":"gateway","required":true,"transform":{"type":"scalar"},"locs":[{"a":210,"b":218},{"a":340,"b":348}]},{"name":"number","required":true,"transform":{"type":"scalar"},"locs":[{"a":357,"b":364}]},{"name":"events","required":true,"transform":{"type":"scalar"},"locs":[{"a":817,"b":824}]},{"name":"eventMinutesMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":835,"b":850}]},{"name":"eventKeys","required":true,"transform":{"type":"scalar"},"locs":[{"a":863,"b":873}]},{"name":"eventRequests","required":true,"transform":{"type":"scalar"},"locs":[{"a":884,"b":898}]},{"name":"eventFirstsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":911,"b":925}]},{"name":"eventLastsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":944,"b":957}]},{"name":"tenants","required":true,"transform":{"type":"scalar"},"locs":[{"a":1581,"b":1589}]},{"name":"minutesMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":1600,"b":1610}]},{"name":"sources","required":true,"transform":{"type":"scalar"},"locs":[{"a":1623,"b":1631}]},{"name":"keys","required":true,"transform":{"type":"scalar"},"locs":[{"a":1642,"b":1647}]},{"name":"codes","required":true,"transform":{"type":"scalar"},"locs":[{"a":1658,"b":1664}]},{"name":"requests","required":true,"transform":{"type":"scalar"},"locs":[{"a":1675,"b":1684}]},{"name":"lastDetails","required":true,"transform":{"type":"scalar"},"locs":[{"a":1701,"b":1713}]},{"name":"lastAtsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":1724,"b":1734}]}],"statement":"with forgotten as (\n  -- Of gateways that have stopped.\n  delete from rejection_flushes\n  where gateway in (\n    select gateway from rejection_flushes where flushed_at < now() - interval '1 day' and gateway <> :gateway!::uuid\n    for update skip locked\n  )\n),\nflush as (\n  insert into rejection_flushes as known (gateway, number)\n  values (:gateway!::uuid, :number!::bigint)\n  on conflict (gateway) do update set number = excluded.number, flushed_at = now()\n    where known.number < excluded.number\n  returning number\n),\nduplicates as (\n  insert into event_duplicates as known (event_id, minute, key, requests, first_at, last_at)\n  select\n    d.event, to_timestamp(d.minute_ms / 1000), d.key, d.requests, to_timestamp(d.first_at_ms / 1000), to_timestamp(d.last_at_ms / 1000)\n  from flush\n    cross join unnest(\n      :events!::uuid[], :eventMinutesMs!::float8[], :eventKeys!::text[], :eventRequests!::bigint[], :eventFirstsMs!::float8[],\n      :eventLastsMs!::float8[]\n    ) as d (event, minute_ms, key, requests, first_at_ms, last_at_ms)\n  order by d.event, d.minute_ms, d.key\n  on conflict (event_id, minute, key) do update\n    set\n      requests = known.requests + excluded.requests,\n      first_at = least(known.first_at, excluded.first_at),\n      last_at = greatest(known.last_at, excluded.last_at)\n)\ninsert into rejections as known (tenant, minute, source, key, code, requests, last_detail, last_at)\nselect\n  r.tenant, to_timestamp(r.minute_ms / 1000), r.source, r.key, r.code, r.requests, r.last_detail, to_timestamp(r.last_at_ms / 1000)\nfrom flush\n  cross join unnest(\n    :tenants!::text[], :minutesMs!::float8[], :sources!::text[], :keys!::text[], :codes!::text[], :requests!::bigint[],\n    :lastDetails!::text[], :lastAtsMs!::float8[]\n  ) as r (tenant, minute_ms, source, key, code, requests, last_detail, last_at_ms)\norder by r.tenant, r.minute_ms, r.source, r.key, r.code\non conflict (tenant, minute, source, key, code) do update\n  set\n    requests = known.requests + excluded.requests,\n    last_detail = case when excluded.last_at >= known.last_at then excluded.last_detail else known.last_detail end,\n    last_at = greatest(known.last_at, excluded.last_at)"};

/**
 * Query generated from SQL:
 * ```
 * with forgotten as (
 *   -- Of gateways that have stopped.
 *   delete from rejection_flushes
 *   where gateway in (
 *     select gateway from rejection_flushes where flushed_at < now() - interval '1 day' and gateway <> :gateway!::uuid
 *     for update skip locked
 *   )
 * ),
 * flush as (
 *   insert into rejection_flushes as known (gateway, number)
 *   values (:gateway!::uuid, :number!::bigint)
 *   on conflict (gateway) do update set number = excluded.number, flushed_at = now()
 *     where known.number < excluded.number
 *   returning number
 * ),
 * duplicates as (
 *   insert into event_duplicates as known (event_id, minute, key, requests, first_at, last_at)
 *   select
 *     d.event, to_timestamp(d.minute_ms / 1000), d.key, d.requests, to_timestamp(d.first_at_ms / 1000), to_timestamp(d.last_at_ms / 1000)
 *   from flush
 *     cross join unnest(
 *       :events!::uuid[], :eventMinutesMs!::float8[], :eventKeys!::text[], :eventRequests!::bigint[], :eventFirstsMs!::float8[],
 *       :eventLastsMs!::float8[]
 *     ) as d (event, minute_ms, key, requests, first_at_ms, last_at_ms)
 *   order by d.event, d.minute_ms, d.key
 *   on conflict (event_id, minute, key) do update
 *     set
 *       requests = known.requests + excluded.requests,
 *       first_at = least(known.first_at, excluded.first_at),
 *       last_at = greatest(known.last_at, excluded.last_at)
 * )
 * insert into rejections as known (tenant, minute, source, key, code, requests, last_detail, last_at)
 * select
 *   r.tenant, to_timestamp(r.minute_ms / 1000), r.source, r.key, r.code, r.requests, r.last_detail, to_timestamp(r.last_at_ms / 1000)
 * from flush
 *   cross join unnest(
 *     :tenants!::text[], :minutesMs!::float8[], :sources!::text[], :keys!::text[], :codes!::text[], :requests!::bigint[],
 *     :lastDetails!::text[], :lastAtsMs!::float8[]
 *   ) as r (tenant, minute_ms, source, key, code, requests, last_detail, last_at_ms)
 * order by r.tenant, r.minute_ms, r.source, r.key, r.code
 * on conflict (tenant, minute, source, key, code) do update
 *   set
 *     requests = known.requests + excluded.requests,
 *     last_detail = case when excluded.last_at >= known.last_at then excluded.last_detail else known.last_detail end,
 *     last_at = greatest(known.last_at, excluded.last_at)
 * ```
 */
export const addRejections = new PreparedQuery<IAddRejectionsParams,IAddRejectionsResult>(addRejectionsIR);


