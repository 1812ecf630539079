/** Types generated for queries found in "libs/manage/sources/read-source-secrets.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ReadSourceSecrets' parameters type */
export interface IReadSourceSecretsParams {
  id: number;
}

/** 'ReadSourceSecrets' return type */
export interface IReadSourceSecretsResult {
  secret: Buffer;
}

/** 'ReadSourceSecrets' query type */
export interface IReadSourceSecretsQuery {
  params: IReadSourceSecretsParams;
  result: IReadSourceSecretsResult;
}

const readSourceSecretsIR: any = {"usedParamSet":{"id":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":49,"b":52}]}],"statement":"select secret\nfrom source_secrets\nwhere source = :id! and (expires_at is null or expires_at > now())\norder by id desc"};

/**
 * Query generated from SQL:
 * ```
 * select secret
 * from source_secrets
 * where source = :id! and (expires_at is null or expires_at > now())
 * order by id desc
 * ```
 */
export const readSourceSecrets = new PreparedQuery<IReadSourceSecretsParams,IReadSourceSecretsResult>(readSourceSecretsIR);


