/** Types generated for queries found in "libs/manage/access/record-key-uses.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

/** 'RecordKeyUses' parameters type */
export interface IRecordKeyUsesParams {
  ids: numberArray;
}

/** 'RecordKeyUses' return type */
export type IRecordKeyUsesResult = void;

/** 'RecordKeyUses' query type */
export interface IRecordKeyUsesQuery {
  params: IRecordKeyUsesParams;
  result: IRecordKeyUsesResult;
}

const recordKeyUsesIR: any = {"usedParamSet":{"ids":true},"params":[{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":95,"b":99}]}],"statement":"insert into api_key_uses (api_key, last_used_at)\nselect id, now()\nfrom api_keys\nwhere id = any(:ids!::integer[])\norder by id\non conflict (api_key) do update set last_used_at = greatest(api_key_uses.last_used_at, excluded.last_used_at)"};

/**
 * Query generated from SQL:
 * ```
 * insert into api_key_uses (api_key, last_used_at)
 * select id, now()
 * from api_keys
 * where id = any(:ids!::integer[])
 * order by id
 * on conflict (api_key) do update set last_used_at = greatest(api_key_uses.last_used_at, excluded.last_used_at)
 * ```
 */
export const recordKeyUses = new PreparedQuery<IRecordKeyUsesParams,IRecordKeyUsesResult>(recordKeyUsesIR);


