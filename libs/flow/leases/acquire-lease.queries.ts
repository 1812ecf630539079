/** Types generated for queries found in "libs/flow/leases/acquire-lease.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'AcquireLease' parameters type */
export interface IAcquireLeaseParams {
  epoch: NumberOrString;
  owner: string;
  renewals: NumberOrString;
  shard: number;
  ttlMs: number;
}

/** 'AcquireLease' return type */
export interface IAcquireLeaseResult {
  epoch: number;
}

/** 'AcquireLease' query type */
export interface IAcquireLeaseQuery {
  params: IAcquireLeaseParams;
  result: IAcquireLeaseResult;
}

const acquireLeaseIR: any = {"usedParamSet":{"owner":true,"ttlMs":true,"shard":true,"epoch":true,"renewals":true},"params":[{"name":"owner","required":true,"transform":{"type":"scalar"},"locs":[{"a":55,"b":61}]},{"name":"ttlMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":115,"b":121}]},{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":166,"b":172}]},{"name":"epoch","required":true,"transform":{"type":"scalar"},"locs":[{"a":188,"b":194}]},{"name":"renewals","required":true,"transform":{"type":"scalar"},"locs":[{"a":232,"b":241}]}],"statement":"update shard_leases\nset\n  epoch = epoch + 1,\n  owner = :owner!,\n  renewals = 0,\n  expires_at = clock_timestamp() + :ttlMs! * interval '1 millisecond'\nwhere\n  shard = :shard!\n  and epoch = :epoch!\n  and (owner is null or (renewals = :renewals! and expires_at <= clock_timestamp()))\nreturning epoch"};

/**
 * Query generated from SQL:
 * ```
 * update shard_leases
 * set
 *   epoch = epoch + 1,
 *   owner = :owner!,
 *   renewals = 0,
 *   expires_at = clock_timestamp() + :ttlMs! * interval '1 millisecond'
 * where
 *   shard = :shard!
 *   and epoch = :epoch!
 *   and (owner is null or (renewals = :renewals! and expires_at <= clock_timestamp()))
 * returning epoch
 * ```
 */
export const acquireLease = new PreparedQuery<IAcquireLeaseParams,IAcquireLeaseResult>(acquireLeaseIR);


