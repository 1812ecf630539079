import { Injectable } from '@nestjs/common';
import { ListsDatabase } from '#manage/lists-database.module';
import { type ISumMetricsParams, type ISumMetricsResult, sumMetrics } from './sum-metrics.queries.js';

export type MetricSum = ISumMetricsResult;

@Injectable()
export class MetricsRepository {
  constructor(private readonly lists: ListsDatabase) {}

  /** @throws LockstepError overloaded */
  sum(parameters: ISumMetricsParams): Promise<MetricSum[]> {
    return sumMetrics.run(parameters, this.lists.of(parameters.tenant, 'give a smaller range of `from` and `to`, a longer `step`, or one `endpoint`, `source` or `type`'));
  }
}
