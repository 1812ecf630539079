/** Types generated for queries found in "libs/manage/endpoints/count-live-secrets.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'CountLiveSecrets' parameters type */
export interface ICountLiveSecretsParams {
  id: number;
}

/** 'CountLiveSecrets' return type */
export interface ICountLiveSecretsResult {
  live: number;
}

/** 'CountLiveSecrets' query type */
export interface ICountLiveSecretsQuery {
  params: ICountLiveSecretsParams;
  result: ICountLiveSecretsResult;
}

const countLiveSecretsIR: any = {"usedParamSet":{"id":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":75,"b":78}]}],"statement":"select count(*)::integer as \"live!\"\nfrom endpoint_secrets\nwhere endpoint = :id! and (expires_at is null or expires_at > now())"};

/**
 * Query generated from SQL:
 * ```
 * select count(*)::integer as "live!"
 * from endpoint_secrets
 * where endpoint = :id! and (expires_at is null or expires_at > now())
 * ```
 */
export const countLiveSecrets = new PreparedQuery<ICountLiveSecretsParams,ICountLiveSecretsResult>(countLiveSecretsIR);


