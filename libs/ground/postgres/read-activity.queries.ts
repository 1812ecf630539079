/** Types generated for queries found in "libs/ground/postgres/read-activity.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ReadActivity' parameters type */
export type IReadActivityParams = void;

/** 'ReadActivity' return type */
export interface IReadActivityResult {
  databaseBytes: number;
  lockWaits: number;
  longestTransactionSeconds: number;
}

/** 'ReadActivity' query type */
export interface IReadActivityQuery {
  params: IReadActivityParams;
  result: IReadActivityResult;
}

const readActivityIR: any = {"usedParamSet":{},"params":[],"statement":"select\n  count(*) filter (where wait_event_type = 'Lock')::integer as \"lockWaits!\",\n  coalesce(extract(epoch from now() - min(xact_start) filter (where pid <> pg_backend_pid())), 0)::float8 as \"longestTransactionSeconds!\",\n  pg_database_size(current_database())::float8 as \"databaseBytes!\"\nfrom pg_stat_activity\nwhere datname = current_database() and backend_type = 'client backend'"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   count(*) filter (where wait_event_type = 'Lock')::integer as "lockWaits!",
 *   coalesce(extract(epoch from now() - min(xact_start) filter (where pid <> pg_backend_pid())), 0)::float8 as "longestTransactionSeconds!",
 *   pg_database_size(current_database())::float8 as "databaseBytes!"
 * from pg_stat_activity
 * where datname = current_database() and backend_type = 'client backend'
 * ```
 */
export const readActivity = new PreparedQuery<IReadActivityParams,IReadActivityResult>(readActivityIR);


