import { Injectable } from '@nestjs/common';
import { ListsDatabase } from '#manage/lists-database.module';
import { countPending, type ICountPendingResult } from './count-pending.queries.js';
import { type ISumEndpointSamplesParams, type ISumEndpointSamplesResult, sumEndpointSamples } from './sum-endpoint-samples.queries.js';

export type SampleSum = ISumEndpointSamplesResult;

/** Lanes whose heads are looked at: some 0.8 s. */
const MOST_LANES = 10_000;

@Injectable()
export class EndpointStatsRepository {
  constructor(private readonly lists: ListsDatabase) {}

  /** @throws LockstepError overloaded */
  sum(parameters: ISumEndpointSamplesParams): Promise<SampleSum[]> {
    return sumEndpointSamples.run(parameters, this.lists.of(parameters.tenant, 'give a smaller range of `from` and `to`'));
  }

  /** @param endpoint its narrow key @throws LockstepError overloaded */
  async pending(tenant: string, endpoint: number): Promise<ICountPendingResult> {
    const [row] = await countPending.run({ endpoint, mostLanes: MOST_LANES }, this.lists.of(tenant, 'the endpoint has too many lanes to count what is pending'));
    if (row === undefined) throw new Error('Pending deliveries were counted without a result');
    return row;
  }
}
