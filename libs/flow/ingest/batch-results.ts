import { toPublicId } from '#domain/ids';
import type { LockstepError } from '#domain/problem';
import { batchItemsRejected } from './ingest.metrics.js';
import type { Outcome } from './batch-feeder.js';

/** What became of the items of one batch, in their order. */
export class BatchResults {
  /** In JSON, because a thousand strings take less memory than what they are made of. */
  private readonly results: string[] = [];
  private acceptedItems = 0;

  /** Items so far, with and without a result. */
  get count(): number {
    return this.results.length;
  }

  get accepted(): number {
    return this.acceptedItems;
  }

  /** Begins the next item. Returns the function that sets its result. */
  open(): (outcome: Outcome) => void {
    const index = this.results.push('') - 1;
    return (outcome) => {
      this.results[index] = this.resultOf(outcome);
    };
  }

  /** Adds a last result for everything that was not read. */
  stop({ status, code, message, errors }: LockstepError): void {
    this.results.push(refusal({ status, code, errors, message: `Nothing was read from item ${this.count} on, counted from 0: ${message}` }));
  }

  toJson(): string {
    return `{"results":[${this.results.join(',')}]}`;
  }

  private resultOf(outcome: Outcome): string {
    if ('id' in outcome) {
      this.acceptedItems++;
      return `{"status":202,"id":"${toPublicId('evt', outcome.id)}","replayed":${outcome.replayed}}`;
    }
    batchItemsRejected.inc({ code: outcome.code });
    return refusal(outcome);
  }
}

/** Of `errors` only those that name a part of the item: `detail` says everything else. */
function refusal({ status, code, message, errors }: Pick<LockstepError, 'status' | 'code' | 'message' | 'errors'>): string {
  const named = errors.filter(({ path }) => path !== '');
  return JSON.stringify({ status, code, detail: message, ...(named.length === 0 ? {} : { errors: named }) });
}
