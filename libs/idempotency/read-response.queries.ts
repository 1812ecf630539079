/** Types generated for queries found in "libs/idempotency/read-response.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'ReadResponse' parameters type */
export interface IReadResponseParams {
  fence: NumberOrString;
  key: string;
  scope: string;
}

/** 'ReadResponse' return type */
export interface IReadResponseResult {
  body: Buffer;
}

/** 'ReadResponse' query type */
export interface IReadResponseQuery {
  params: IReadResponseParams;
  result: IReadResponseResult;
}

const readResponseIR: any = {"usedParamSet":{"scope":true,"key":true,"fence":true},"params":[{"name":"scope","required":true,"transform":{"type":"scalar"},"locs":[{"a":62,"b":68}]},{"name":"key","required":true,"transform":{"type":"scalar"},"locs":[{"a":80,"b":84}]},{"name":"fence","required":true,"transform":{"type":"scalar"},"locs":[{"a":98,"b":104}]}],"statement":"select body as \"body!\"\nfrom idempotent_requests\nwhere scope = :scope! and key = :key! and fence = :fence! and state = 'completed' and body is not null"};

/**
 * Query generated from SQL:
 * ```
 * select body as "body!"
 * from idempotent_requests
 * where scope = :scope! and key = :key! and fence = :fence! and state = 'completed' and body is not null
 * ```
 */
export const readResponse = new PreparedQuery<IReadResponseParams,IReadResponseResult>(readResponseIR);


