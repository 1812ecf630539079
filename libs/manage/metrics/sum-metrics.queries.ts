import { PreparedQuery } from '#ground/postgres/prepared-query';
export type ISumMetricsParams = { tenant: string; dimension: string; measures: string[]; from: Date | string; to: Date | string; stepSeconds: number; rowSeconds: number; limit: number; name?: string | null | void; endpointId?: string | null | void; isGauge: boolean; isDuration: boolean };
export type ISumMetricsResult = { name: string | null; endpointId: string | null; at: Date | null; count: number; sum: number; buckets: number[] };
export const sumMetrics = new PreparedQuery<ISumMetricsParams, ISumMetricsResult>({} as any);
