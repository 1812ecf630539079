/** Types generated for queries found in "libs/upkeep/secrets/find-endpoint-secrets.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindEndpointSecrets' parameters type */
export interface IFindEndpointSecretsParams {
  after: NumberOrString;
  limit: NumberOrString;
}

/** 'FindEndpointSecrets' return type */
export interface IFindEndpointSecretsResult {
  box: Buffer;
  id: number;
  isDeleted: boolean;
  publicId: string;
}

/** 'FindEndpointSecrets' query type */
export interface IFindEndpointSecretsQuery {
  params: IFindEndpointSecretsParams;
  result: IFindEndpointSecretsResult;
}

const findEndpointSecretsIR: any = {"usedParamSet":{"after":true,"limit":true},"params":[{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":182,"b":188}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":210,"b":216}]}],"statement":"select s.id, e.public_id as \"publicId\", e.deleted_at is not null as \"isDeleted!\", s.ciphertext as \"box!\"\nfrom endpoint_secrets s\n  join endpoints e on e.id = s.endpoint\nwhere s.id > :after!\norder by s.id\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select s.id, e.public_id as "publicId", e.deleted_at is not null as "isDeleted!", s.ciphertext as "box!"
 * from endpoint_secrets s
 *   join endpoints e on e.id = s.endpoint
 * where s.id > :after!
 * order by s.id
 * limit :limit!
 * ```
 */
export const findEndpointSecrets = new PreparedQuery<IFindEndpointSecretsParams,IFindEndpointSecretsResult>(findEndpointSecretsIR);


