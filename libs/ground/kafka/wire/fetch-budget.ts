import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { BatchTooLargeError } from './batch-too-large-error.js';

type Decompress = (bytes: Buffer, maxBytes: number) => Promise<Buffer>;

/** What the batches of one fetch may still have. */
interface Budget {
  /** Bytes, decompressed. */
  left: number;
  /** Whether a compressed batch has come. */
  isBegun: boolean;
  records: number;
}

/** Of a fetch. In memory a record takes some 400 bytes, however small it is; compressed, millions fit into a few KB. */
const MAX_RECORDS = 250_000;

interface Broker {
  fetch: (this: Broker, options: object) => Promise<unknown>;
}

// An internal file of kafkajs 2.2.4, whose version is pinned. A test fails when kafkajs reads it in another way.
const { prototype } = createRequire(import.meta.url)('kafkajs/src/broker/index.js') as { readonly prototype: Broker };
const original = prototype.fetch;
const budgets = new AsyncLocalStorage<Budget>();

/** Gives each fetch of this process a budget. Calling it again replaces it. @param maxBytes of all its compressed batches together, decompressed */
export function limitFetches(maxBytes: number): void {
  prototype.fetch = function (this: Broker, options) {
    return budgets.run({ left: maxBytes, isBegun: false, records: MAX_RECORDS }, () => original.call(this, options));
  };
}

/**
 * Decompresses a batch within the budget of its fetch. From the first one on that does not fit, a partition's batches are left
 * to the next fetch, as kafkajs does with one that is cut off at the end of a fetch.
 * @returns a function that throws BatchTooLargeError for a batch that is too large by itself
 */
export function withinBudget(decompress: Decompress): (bytes: Buffer) => Promise<Buffer> {
  return async (bytes) => {
    const budget = budgets.getStore();
    if (budget === undefined) throw new Error('A batch is read outside of a fetch');
    if (budget.left === 0) throw new LeftToNextFetchError();
    const isFirst = !budget.isBegun;
    budget.isBegun = true;
    try {
      const content = await decompress(bytes, budget.left);
      budget.left -= content.length;
      return content;
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      budget.left = 0;
      throw isFirst ? new BatchTooLargeError() : new LeftToNextFetchError();
    }
  };
}

/**
 * Takes the records of a batch from the budget of its fetch, before they are read.
 * @throws an error that leaves the batch to the next fetch; BatchTooLargeError if it has too many by itself
 */
export function takeRecords(count: number): void {
  const budget = budgets.getStore();
  // Of consumers that read no topics of others.
  if (budget === undefined) return;
  if (count > MAX_RECORDS) throw new BatchTooLargeError(`A batch has ${count} records, and at most ${MAX_RECORDS} are read`);
  if (count > budget.records) throw new LeftToNextFetchError();
  budget.records -= Math.max(count, 0);
}

/** kafkajs knows by this name that a fetch ends within a batch. */
class LeftToNextFetchError extends Error {
  override readonly name = 'KafkaJSPartialMessageError';

  constructor() {
    super('The batch is left to the next fetch');
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof BatchTooLargeError || (error as { readonly code?: unknown } | null)?.code === 'ERR_BUFFER_TOO_LARGE';
}
