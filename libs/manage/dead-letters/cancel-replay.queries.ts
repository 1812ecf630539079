import { PreparedQuery } from '#ground/postgres/prepared-query';
export type ICancelReplayParams = { tenant: string; id: string; subject: string; by: string };
export type ICancelReplayResult = { cancelled: boolean };
export const cancelReplay = new PreparedQuery<ICancelReplayParams, ICancelReplayResult>({} as any);
