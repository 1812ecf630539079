/** Types generated for queries found in "libs/upkeep/secrets/reseal-endpoint-secrets.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type BufferArray = (Buffer)[];

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

/** 'ResealEndpointSecrets' parameters type */
export interface IResealEndpointSecretsParams {
  boxes: BufferArray;
  ids: NumberOrStringArray;
  resealed: BufferArray;
}

/** 'ResealEndpointSecrets' return type */
export interface IResealEndpointSecretsResult {
  replaced: number;
}

/** 'ResealEndpointSecrets' query type */
export interface IResealEndpointSecretsQuery {
  params: IResealEndpointSecretsParams;
  result: IResealEndpointSecretsResult;
}

const resealEndpointSecretsIR: any = {"usedParamSet":{"ids":true,"boxes":true,"resealed":true},"params":[{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":77,"b":81}]},{"name":"boxes","required":true,"transform":{"type":"scalar"},"locs":[{"a":94,"b":100}]},{"name":"resealed","required":true,"transform":{"type":"scalar"},"locs":[{"a":112,"b":121}]}],"statement":"with unchanged as materialized (\n  select t.id, given.resealed\n  from unnest(:ids!::bigint[], :boxes!::bytea[], :resealed!::bytea[]) as given (id, box, resealed)\n    join endpoint_secrets t on t.id = given.id and t.ciphertext = given.box\n  order by t.id\n  for no key update of t skip locked\n),\nreplaced as (\n  update endpoint_secrets t\n  set ciphertext = unchanged.resealed\n  from unchanged\n  where t.id = unchanged.id\n  returning 1\n)\nselect count(*)::integer as \"replaced!\" from replaced"};

/**
 * Query generated from SQL:
 * ```
 * with unchanged as materialized (
 *   select t.id, given.resealed
 *   from unnest(:ids!::bigint[], :boxes!::bytea[], :resealed!::bytea[]) as given (id, box, resealed)
 *     join endpoint_secrets t on t.id = given.id and t.ciphertext = given.box
 *   order by t.id
 *   for no key update of t skip locked
 * ),
 * replaced as (
 *   update endpoint_secrets t
 *   set ciphertext = unchanged.resealed
 *   from unchanged
 *   where t.id = unchanged.id
 *   returning 1
 * )
 * select count(*)::integer as "replaced!" from replaced
 * ```
 */
export const resealEndpointSecrets = new PreparedQuery<IResealEndpointSecretsParams,IResealEndpointSecretsResult>(resealEndpointSecretsIR);


