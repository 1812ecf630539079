/** Types generated for queries found in "libs/upkeep/secrets/reseal-endpoint-headers.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type BufferArray = (Buffer)[];

export type numberArray = (number)[];

/** 'ResealEndpointHeaders' parameters type */
export interface IResealEndpointHeadersParams {
  boxes: BufferArray;
  ids: numberArray;
  resealed: BufferArray;
}

/** 'ResealEndpointHeaders' return type */
export interface IResealEndpointHeadersResult {
  replaced: number;
}

/** 'ResealEndpointHeaders' query type */
export interface IResealEndpointHeadersQuery {
  params: IResealEndpointHeadersParams;
  result: IResealEndpointHeadersResult;
}

const resealEndpointHeadersIR: any = {"usedParamSet":{"ids":true,"boxes":true,"resealed":true},"params":[{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":77,"b":81}]},{"name":"boxes","required":true,"transform":{"type":"scalar"},"locs":[{"a":95,"b":101}]},{"name":"resealed","required":true,"transform":{"type":"scalar"},"locs":[{"a":113,"b":122}]}],"statement":"with unchanged as materialized (\n  select t.id, given.resealed\n  from unnest(:ids!::integer[], :boxes!::bytea[], :resealed!::bytea[]) as given (id, box, resealed)\n    join endpoints t on t.id = given.id and t.headers_ciphertext = given.box\n  order by t.id\n  for no key update of t skip locked\n),\nreplaced as (\n  update endpoints t\n  set headers_ciphertext = unchanged.resealed\n  from unchanged\n  where t.id = unchanged.id\n  returning 1\n)\nselect count(*)::integer as \"replaced!\" from replaced"};

/**
 * Query generated from SQL:
 * ```
 * with unchanged as materialized (
 *   select t.id, given.resealed
 *   from unnest(:ids!::integer[], :boxes!::bytea[], :resealed!::bytea[]) as given (id, box, resealed)
 *     join endpoints t on t.id = given.id and t.headers_ciphertext = given.box
 *   order by t.id
 *   for no key update of t skip locked
 * ),
 * replaced as (
 *   update endpoints t
 *   set headers_ciphertext = unchanged.resealed
 *   from unchanged
 *   where t.id = unchanged.id
 *   returning 1
 * )
 * select count(*)::integer as "replaced!" from replaced
 * ```
 */
export const resealEndpointHeaders = new PreparedQuery<IResealEndpointHeadersParams,IResealEndpointHeadersResult>(resealEndpointHeadersIR);


