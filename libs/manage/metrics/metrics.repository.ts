import { Injectable } from '@nestjs/common';
import { ListsDatabase } from '#manage/lists-database.module';
import { type ISumMetricsParams, type ISumMetricsResult, sumMetrics } from './sum-metrics.queries.js';
import { type ISumMetricsByParams, type ISumMetricsByResult, sumMetricsBy } from './sum-metrics-by.queries.js';

const ADVICE = 'give a smaller range of `from` and `to`, a longer `step`, or one `endpoint`, `source` or `type`';

/** Which steps are summed. */
export type StepsAsked = Pick<ISumMetricsParams, 'tenant' | 'measures' | 'from' | 'to' | 'stepSeconds' | 'rowSeconds'>;

/** The sum of a step. */
export type StepSum = ISumMetricsResult;

/** That of one thing, or without a name, of the tenant. */
export type NamedStepSum = ISumMetricsByResult;

@Injectable()
export class MetricsRepository {
  constructor(private readonly lists: ListsDatabase) {}

  /** Sums of one thing, oldest first. @throws LockstepError overloaded */
  sum(parameters: ISumMetricsParams): Promise<StepSum[]> {
    return sumMetrics.run(parameters, this.lists.of(parameters.tenant, ADVICE));
  }

  /** Sums of the largest and of the tenant, oldest first. @throws LockstepError overloaded */
  sumBy(parameters: ISumMetricsByParams): Promise<NamedStepSum[]> {
    return sumMetricsBy.run(parameters, this.lists.of(parameters.tenant, ADVICE));
  }
}
