import { PreparedQuery } from '#ground/postgres/prepared-query';
export type IGroupDeadLettersParams = { tenant: string; endpointId?: string | null | void; entity?: string | null | void; type?: string | null | void; from?: Date | string | null | void; to?: Date | string | null | void; firstId: string; endId: string; byEndpoint: boolean; byReason: boolean; byStatusCode: boolean; byType: boolean; needsEvent: boolean; limit: number };
export type IGroupDeadLettersResult = { endpointId: string | null; reason: string | null; statusCode: number | null; type: string | null; count: number; oldestAt: Date; newestAt: Date; groups: number; letters: number };
export const groupDeadLetters = new PreparedQuery<IGroupDeadLettersParams, IGroupDeadLettersResult>({} as any);
