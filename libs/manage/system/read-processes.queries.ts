/** Types generated for queries found in "libs/manage/system/read-processes.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ReadProcesses' parameters type */
export type IReadProcessesParams = void;

/** 'ReadProcesses' return type */
export interface IReadProcessesResult {
  app: string;
  host: string;
  id: string;
  pid: number;
  runs: boolean;
  seenAt: Date;
  startedAt: Date;
  version: string;
}

/** 'ReadProcesses' query type */
export interface IReadProcessesQuery {
  params: IReadProcessesParams;
  result: IReadProcessesResult;
}

const readProcessesIR: any = {"usedParamSet":{},"params":[],"statement":"select\n  process as id, app as \"app!\", version as \"version!\", host as \"host!\", pid as \"pid!\", started_at as \"startedAt!\",\n  flushed_at as \"seenAt\", flushed_at > now() - interval '30 seconds' as \"runs!\"\nfrom sample_flushes\nwhere app is not null and stopped_at is null and flushed_at > now() - interval '1 hour'\norder by app, started_at, process\nlimit 1000"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   process as id, app as "app!", version as "version!", host as "host!", pid as "pid!", started_at as "startedAt!",
 *   flushed_at as "seenAt", flushed_at > now() - interval '30 seconds' as "runs!"
 * from sample_flushes
 * where app is not null and stopped_at is null and flushed_at > now() - interval '1 hour'
 * order by app, started_at, process
 * limit 1000
 * ```
 */
export const readProcesses = new PreparedQuery<IReadProcessesParams,IReadProcessesResult>(readProcessesIR);


