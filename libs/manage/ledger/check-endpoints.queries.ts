/** Types generated for queries found in "libs/manage/ledger/check-endpoints.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

/** 'CheckEndpoints' parameters type */
export interface ICheckEndpointsParams {
  examples: number;
  unknown: numberArray;
}

/** 'CheckEndpoints' return type */
export interface ICheckEndpointsResult {
  endpoint: number;
  eventId: string;
  kind: string;
  replay: number;
  tenant: string;
  total: number;
}

/** 'CheckEndpoints' query type */
export interface ICheckEndpointsQuery {
  params: ICheckEndpointsParams;
  result: ICheckEndpointsResult;
}

const checkEndpointsIR: any = {"usedParamSet":{"unknown":true,"examples":true},"params":[{"name":"unknown","required":true,"transform":{"type":"scalar"},"locs":[{"a":122,"b":130}]},{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":522,"b":531}]}],"statement":"with offending as (\n  select d.event_id, d.endpoint, d.replay, d.tenant\n  from kept_deliveries d\n  where d.endpoint = any(:unknown!::integer[])\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by tenant) as total,\n    row_number() over (partition by tenant order by event_id, endpoint, replay) as place\n  from offending\n)\nselect\n  'delivery_without_endpoint' as \"kind!\", tenant as \"tenant!\", total as \"total!\", event_id as \"eventId!\",\n  endpoint as \"endpoint!\", replay as \"replay!\"\nfrom counted\nwhere place <= :examples!::integer\norder by tenant, place"};

/**
 * Query generated from SQL:
 * ```
 * with offending as (
 *   select d.event_id, d.endpoint, d.replay, d.tenant
 *   from kept_deliveries d
 *   where d.endpoint = any(:unknown!::integer[])
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by tenant) as total,
 *     row_number() over (partition by tenant order by event_id, endpoint, replay) as place
 *   from offending
 * )
 * select
 *   'delivery_without_endpoint' as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!",
 *   endpoint as "endpoint!", replay as "replay!"
 * from counted
 * where place <= :examples!::integer
 * order by tenant, place
 * ```
 */
export const checkEndpoints = new PreparedQuery<ICheckEndpointsParams,ICheckEndpointsResult>(checkEndpointsIR);


