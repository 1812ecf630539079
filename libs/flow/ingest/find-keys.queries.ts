/** Types generated for queries found in "libs/flow/ingest/find-keys.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'FindKeys' parameters type */
export interface IFindKeysParams {
  keys: stringArray;
  tenants: stringArray;
}

/** 'FindKeys' return type */
export interface IFindKeysResult {
  acceptedAt: Date;
  eventId: string;
  fingerprint: Buffer;
  key: string;
  tenant: string;
}

/** 'FindKeys' query type */
export interface IFindKeysQuery {
  params: IFindKeysParams;
  result: IFindKeysResult;
}

const findKeysIR: any = {"usedParamSet":{"tenants":true,"keys":true},"params":[{"name":"tenants","required":true,"transform":{"type":"scalar"},"locs":[{"a":106,"b":114}]},{"name":"keys","required":true,"transform":{"type":"scalar"},"locs":[{"a":125,"b":130}]}],"statement":"select k.tenant, k.key, k.fingerprint, k.event_id as \"eventId\", k.accepted_at as \"acceptedAt\"\nfrom unnest(:tenants!::text[], :keys!::text[]) as asked (tenant, key)\n  join idempotency_keys k on k.tenant = asked.tenant and k.key = asked.key"};

/**
 * Query generated from SQL:
 * ```
 * select k.tenant, k.key, k.fingerprint, k.event_id as "eventId", k.accepted_at as "acceptedAt"
 * from unnest(:tenants!::text[], :keys!::text[]) as asked (tenant, key)
 *   join idempotency_keys k on k.tenant = asked.tenant and k.key = asked.key
 * ```
 */
export const findKeys = new PreparedQuery<IFindKeysParams,IFindKeysResult>(findKeysIR);


