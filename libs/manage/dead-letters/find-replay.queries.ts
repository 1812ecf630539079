import { PreparedQuery } from '#ground/postgres/prepared-query';
export type IFindReplayParams = { tenant: string; id: string };
export type IFindReplayResult = { id: string; action: 'replay' | 'discard'; eventId: string | null; endpointId: string | null; entity: string | null; type: string | null; from: Date | null; to: Date | null; matched: number; selects: string; createdAt: Date; cancelledAt: Date | null; applied: number; status: string; finishedAt: Date | null };
export const findReplay = new PreparedQuery<IFindReplayParams, IFindReplayResult>({} as any);
