import { toPublicId } from '#domain/ids';
import type { LockstepError } from '#domain/problem';
import { batchItemsRejected } from './ingest.metrics.js';
import type { Outcome } from './batch-feeder.js';

/** Sets the result of an item. `isRequeued`: its event was accepted before, and its dead deliveries are delivered again. */
export type SettleItem = (outcome: Outcome, isRequeued?: boolean) => void;

/** Counts an item that was refused, or was a duplicate: a problem code, or `duplicate`. */
type CountRejection = (code: string, detail: string) => void;

/** Of the results of a batch. A refusal that names everything has up to 6 KiB. */
const MAX_CHARACTERS = 1_048_576;
/** Of a refusal's `detail` above that. */
const SHORT_DETAIL = 128;

/** What became of the items of one batch, in their order. */
export class BatchResults {
  /** In JSON, because a thousand strings take less memory than what they are made of. */
  private readonly results: string[] = [];
  private acceptedItems = 0;
  private characters = 0;

  constructor(private readonly countRejection: CountRejection) {}

  /** Items so far, with and without a result. */
  get count(): number {
    return this.results.length;
  }

  get accepted(): number {
    return this.acceptedItems;
  }

  /** Begins the next item. Returns the function that sets its result. */
  open(): SettleItem {
    const index = this.results.push('') - 1;
    return (outcome, isRequeued = false) => {
      const result = this.resultOf(outcome, isRequeued);
      this.characters += result.length;
      this.results[index] = result;
    };
  }

  /** Adds a last result for everything that was not read. */
  stop({ status, code, message, errors, extensions }: LockstepError): void {
    this.results.push(refusal({ status, code, errors, extensions, message: `Nothing was read from item ${this.count} on, counted from 0: ${message}` }));
  }

  toJson(): string {
    return `{"results":[${this.results.join(',')}]}`;
  }

  private resultOf(outcome: Outcome, isRequeued: boolean): string {
    if ('id' in outcome) {
      this.acceptedItems++;
      const id = toPublicId('evt', outcome.id);
      if (outcome.replayed) this.countRejection('duplicate', `${id} was accepted with the same idempotency key`);
      return `{"status":202,"id":"${id}","replayed":${outcome.replayed}${isRequeued ? ',"requeued":true' : ''}}`;
    }
    batchItemsRejected.inc({ code: outcome.code });
    this.countRejection(outcome.code, outcome.message);
    return this.characters < MAX_CHARACTERS ? refusal(outcome) : shortRefusal(outcome);
  }
}

/** Of `errors` only those that name a part of the item: `detail` says everything else. */
function refusal({ status, code, message, errors, extensions }: Pick<LockstepError, 'status' | 'code' | 'message' | 'errors' | 'extensions'>): string {
  const named = errors.filter(({ path }) => path !== '');
  return JSON.stringify({ status, code, detail: message, ...extensions, ...(named.length === 0 ? {} : { errors: named }) });
}

function shortRefusal({ status, code, message, extensions }: LockstepError): string {
  return refusal({ status, code, extensions, errors: [], message: message.length > SHORT_DETAIL ? `${message.slice(0, SHORT_DETAIL)}…` : message });
}
