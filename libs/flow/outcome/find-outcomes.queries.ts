/** Types generated for queries found in "libs/flow/outcome/find-outcomes.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'FindOutcomes' parameters type */
export interface IFindOutcomesParams {
  endpoints: numberArray;
  epochs: NumberOrStringArray;
  eventIds: stringArray;
  numbers: numberArray;
  replays: numberArray;
}

/** 'FindOutcomes' return type */
export interface IFindOutcomesResult {
  ordinal: number;
}

/** 'FindOutcomes' query type */
export interface IFindOutcomesQuery {
  params: IFindOutcomesParams;
  result: IFindOutcomesResult;
}

const findOutcomesIR: any = {"usedParamSet":{"eventIds":true,"endpoints":true,"replays":true,"numbers":true,"epochs":true},"params":[{"name":"eventIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":54,"b":63}]},{"name":"endpoints","required":true,"transform":{"type":"scalar"},"locs":[{"a":74,"b":84}]},{"name":"replays","required":true,"transform":{"type":"scalar"},"locs":[{"a":98,"b":106}]},{"name":"numbers","required":true,"transform":{"type":"scalar"},"locs":[{"a":120,"b":128}]},{"name":"epochs","required":true,"transform":{"type":"scalar"},"locs":[{"a":142,"b":149}]}],"statement":"select o.ordinal::integer as \"ordinal!\"\nfrom\n  unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[], :numbers!::integer[], :epochs!::bigint[])\n    with ordinality as o (event_id, endpoint, replay, number, epoch, ordinal)\n  join attempts a on a.event_id = o.event_id and a.endpoint = o.endpoint and a.replay = o.replay\n    and a.number = o.number and a.epoch = o.epoch"};

/**
 * Query generated from SQL:
 * ```
 * select o.ordinal::integer as "ordinal!"
 * from
 *   unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[], :numbers!::integer[], :epochs!::bigint[])
 *     with ordinality as o (event_id, endpoint, replay, number, epoch, ordinal)
 *   join attempts a on a.event_id = o.event_id and a.endpoint = o.endpoint and a.replay = o.replay
 *     and a.number = o.number and a.epoch = o.epoch
 * ```
 */
export const findOutcomes = new PreparedQuery<IFindOutcomesParams,IFindOutcomesResult>(findOutcomesIR);


