import type { RoundBudget } from '#domain/round-budget';
import { isPoison } from './sql-errors.js';

export interface GroupCommitOptions<Item, Result> {
  /** Most items in one statement. */
  readonly maxItems: number;
  /** Most bytes in one statement; a single larger item goes alone. */
  readonly maxBytes?: number;
  readonly bytesOf?: (item: Item) => number;
  /** Commits the items in one statement and returns their results in the same order. */
  readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Keeps commits apart under a load, so that each has more to do. Without one they follow each other at once. */
  readonly budget?: RoundBudget;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Tells the callers of a batch what became of their items. */
type Settle = () => void;

/**
 * Commits items in batches: whatever arrived while the last commit was under way forms the next one, so that batches
 * grow with the load by themselves and no timer adds latency, unless there is a `budget`. One commit is under way at a time, in order of arrival.
 *
 * A statement that fails because of one item's content is split until that item fails alone; its neighbours succeed.
 * Any other error fails the whole batch: whether it was committed is then unknown to the caller.
 */
export class GroupCommit<Item, Result> {
  private queue: Waiting<Item, Result>[] = [];
  private running: Promise<void> | undefined;
  /** What waits is urgent, whoever it was added by. */
  private hurried = false;
  /** Ends the wait for the next commit's time. */
  private goOn: (() => void) | undefined;

  constructor(private readonly options: GroupCommitOptions<Item, Result>) {}

  /** Items that wait for a commit, without those being committed. */
  get waiting(): number {
    return this.queue.length;
  }

  /** @param isUrgent its commit keeps no distance */
  add(item: Item, isUrgent = false): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.queue.push({ item, resolve, reject });
      this.running ??= this.run();
      if (isUrgent) this.hurry();
    });
  }

  /** What waits now is urgent: the next commit keeps no distance. */
  hurry(): void {
    this.hurried = this.queue.length > 0;
    this.goOn?.();
  }

  /** Resolves when nothing waits and nothing is being committed. */
  async idle(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  private async run(): Promise<void> {
    // One turn of the event loop: requests that were read from sockets in the same turn share the first commit.
    await new Promise((resolve) => setImmediate(resolve));
    let settle: Settle = () => undefined;
    while (this.queue.length > 0) {
      const waitMs = this.options.budget?.waitMs(performance.now()) ?? 0;
      if (waitMs > 0 && !this.hurried) {
        settle();
        settle = () => undefined;
        await this.keepApart(waitMs);
      }
      this.hurried = false;
      this.options.budget?.begin(performance.now());
      const committing = this.commit(this.nextBatch());
      // Only now: what a caller does with its result would otherwise keep Postgres waiting for the next batch.
      settle();
      settle = await committing;
      if (this.queue.length === 0) {
        settle();
        settle = () => undefined;
      }
    }
    this.running = undefined;
  }

  private async keepApart(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.goOn = resolve;
    await promise;
    this.goOn = undefined;
    clearTimeout(timer);
  }

  private nextBatch(): Waiting<Item, Result>[] {
    const { maxItems, maxBytes = Infinity, bytesOf = () => 0 } = this.options;
    let bytes = 0;
    let count = 0;
    for (const { item } of this.queue) {
      bytes += bytesOf(item);
      if (count === maxItems || (count > 0 && bytes > maxBytes)) break;
      count++;
    }
    if (count === this.queue.length) {
      const batch = this.queue;
      this.queue = [];
      return batch;
    }
    return this.queue.splice(0, count);
  }

  /** Commits a batch, and returns what tells its callers. The statement is sent before this returns its promise. */
  private async commit(batch: readonly Waiting<Item, Result>[]): Promise<Settle> {
    try {
      const results = await this.options.commit(batch.map(({ item }) => item));
      if (results.length !== batch.length) throw new Error(`A commit of ${batch.length} items gave ${results.length} results`);
      return () => results.forEach((result, i) => batch[i]?.resolve(result));
    } catch (error) {
      if (isPoison(error) && batch.length > 1) {
        const half = batch.length >> 1;
        const first = await this.commit(batch.slice(0, half));
        const second = await this.commit(batch.slice(half));
        return () => {
          first();
          second();
        };
      }
      return () => batch.forEach(({ reject }) => reject(error));
    }
  }
}
