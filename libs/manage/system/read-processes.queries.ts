import { PreparedQuery } from '#ground/postgres/prepared-query';
export type IReadProcessesParams = void;
export type IReadProcessesResult = { id: string; app: string; version: string; host: string; pid: number; startedAt: Date; seenAt: Date; runs: boolean };
export const readProcesses = new PreparedQuery<IReadProcessesParams, IReadProcessesResult>({} as any);
