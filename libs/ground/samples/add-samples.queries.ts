import { PreparedQuery } from '#ground/postgres/prepared-query';
export type IAddSamplesParams = { process: string; app: string; version: string; host: string; pid: number; startedAt: Date | string; number: number; stops: boolean; dimensions: string[]; tenants: string[]; names: string[]; endpoints: number[]; areOthers: boolean[]; measures: string[]; atsMs: number[]; counts: number[]; sums: number[]; buckets: string[] };
export type IAddSamplesResult = void;
export const addSamples = new PreparedQuery<IAddSamplesParams, IAddSamplesResult>({} as any);
