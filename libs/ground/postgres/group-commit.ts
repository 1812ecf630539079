import type { RoundBudget } from '#domain/round-budget';
import { CommitPacing } from './commit-pacing.js';
import { isPoison, isTimeout } from './sql-errors.js';
import { StatementSize } from './statement-size.js';

export interface GroupCommitOptions<Item, Result> {
  /** Most items in one statement. */
  readonly maxItems: number;
  /** Most bytes in one statement. A single larger item has a statement of its own. */
  readonly maxBytes?: number;
  readonly bytesOf?: (item: Item) => number;
  /** Commits the items in one statement, and returns their results in the same order. */
  readonly commit: (items: readonly Item[]) => Promise<readonly Result[]>;
  /**
   * Whether a statement may be sent again without harm, though it may have been committed. A batch that exceeds its time is
   * then split, and the next ones are smaller, as StatementSize says.
   */
  readonly isRepeatable?: boolean;
  /** Spaces commits out under load, so that each has more items. Default: the next one starts as soon as one ends. */
  readonly budget?: RoundBudget;
}

/**
 * Items of which none may be committed after an earlier one's commit failed: the later ones then fail unsent. Poison items do
 * not count as failed, because they would fail again.
 */
export class CommitSequence {
  /** Why an item was not committed, or may not have been. */
  failure: unknown;
}

/** An item was not sent, because the commit of an earlier one of its sequence failed with `cause`. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';

  constructor(cause: unknown) {
    super('An earlier item of the same sequence was not committed', { cause });
  }
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly sequence: CommitSequence | undefined;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Settles the promises of a batch's callers. */
type Answer = () => void;

/**
 * Commits items in batches. Items that arrive during a commit form the next batch, so batches grow with the load, and
 * no timer adds latency unless there is a `budget`. One commit runs at a time, in order of arrival.
 *
 * If one item's content makes a statement fail, the batch is split until that item fails alone, and the others succeed.
 * A repeatable batch that exceeds its time is split in the same way. Any other error fails the whole batch; its callers then
 * do not know whether it was committed. Later items of the same `CommitSequence` then fail unsent.
 */
export class GroupCommit<Item, Result> {
  private queue: Waiting<Item, Result>[] = [];
  private running: Promise<void> | undefined;
  private readonly pacing: CommitPacing;
  private readonly size = new StatementSize();
  /** For the callers of the last batch, until they are answered. */
  private pendingAnswer: Answer | undefined;

  constructor(private readonly options: GroupCommitOptions<Item, Result>) {
    this.pacing = new CommitPacing(options.budget);
  }

  /** Items that wait for a commit, without those being committed. */
  get waiting(): number {
    return this.queue.length;
  }

  /**
   * @param isUrgent the next commit is not delayed
   * @param sequence of this item and others, whose order must not change
   */
  add(item: Item, isUrgent = false, sequence?: CommitSequence): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.queue.push({ item, sequence, resolve, reject });
      this.running ??= this.run();
      if (isUrgent) this.pacing.hurry();
    });
  }

  /** Makes the waiting items urgent: the next commit is not delayed. */
  hurry(): void {
    if (this.queue.length > 0) this.pacing.hurry();
  }

  /** Resolves when nothing waits and nothing is being committed. */
  async idle(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  private async run(): Promise<void> {
    // One turn of the event loop: requests that were read from sockets in the same turn share the first commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.queue.length > 0) {
      const delayMs = this.pacing.delayMs();
      if (delayMs > 0) {
        this.answerLastBatch();
        await this.pacing.delay(delayMs);
      }
      this.pacing.begin();
      const committing = this.commit(this.nextBatch());
      // The next statement is sent first: callers' work on their results would keep Postgres waiting for it.
      this.answerLastBatch();
      this.pendingAnswer = await committing;
      if (this.queue.length === 0) this.answerLastBatch();
    }
    this.running = undefined;
  }

  private answerLastBatch(): void {
    const answer = this.pendingAnswer;
    this.pendingAnswer = undefined;
    answer?.();
  }

  private nextBatch(): Waiting<Item, Result>[] {
    const { maxItems, maxBytes = Infinity, bytesOf = () => 0 } = this.options;
    const [mostItems, mostBytes] = [this.size.of(maxItems), this.size.of(maxBytes)];
    let bytes = 0;
    let count = 0;
    for (const { item } of this.queue) {
      bytes += bytesOf(item);
      if (count === mostItems || (count > 0 && bytes > mostBytes)) break;
      count++;
    }
    if (count === this.queue.length) {
      const batch = this.queue;
      this.queue = [];
      return batch;
    }
    return this.queue.splice(0, count);
  }

  /** How much a batch has of what it may have. */
  private shareOf(batch: readonly Waiting<Item, Result>[]): number {
    const { maxItems, maxBytes = Infinity, bytesOf = () => 0 } = this.options;
    const bytes = batch.reduce((sum, { item }) => sum + bytesOf(item), 0);
    return Math.max(batch.length / this.size.of(maxItems), bytes / this.size.of(maxBytes));
  }

  /** Commits a batch; never rejects. The statement is sent before this returns its promise. */
  private async commit(batch: readonly Waiting<Item, Result>[], isHalf = false): Promise<Answer> {
    if (batch.some(isAfterFailure)) return this.commitOthers(batch, isHalf);
    try {
      const results = await this.options.commit(batch.map(({ item }) => item));
      if (!isHalf && this.size.isReduced) this.size.onSuccess(this.shareOf(batch));
      if (results.length !== batch.length) throw new Error(`A commit of ${batch.length} items gave ${results.length} results`);
      return () => results.forEach((result, i) => batch[i]?.resolve(result));
    } catch (error) {
      const isTooLarge = this.options.isRepeatable === true && isTimeout(error);
      // Once for each size: both halves may exceed their time.
      if (isTooLarge && batch.length <= this.size.of(this.options.maxItems)) this.size.onFailure(error);
      if ((isPoison(error) || isTooLarge) && batch.length > 1) return this.commitHalves(batch);
      // Before any other statement is sent.
      if (!isPoison(error)) for (const { sequence } of batch) if (sequence !== undefined) sequence.failure = error;
      return () => batch.forEach(({ reject }) => reject(error));
    }
  }

  /** Commits what is not after a failed item of its sequence. */
  private async commitOthers(batch: readonly Waiting<Item, Result>[], isHalf: boolean): Promise<Answer> {
    const [unsent, others] = [batch.filter(isAfterFailure), batch.filter((waiting) => !isAfterFailure(waiting))];
    const answer = others.length === 0 ? undefined : await this.commit(others, isHalf);
    return () => {
      unsent.forEach(({ sequence, reject }) => reject(new NotSentError(sequence?.failure)));
      answer?.();
    };
  }

  private async commitHalves(batch: readonly Waiting<Item, Result>[]): Promise<Answer> {
    const half = batch.length >> 1;
    const first = await this.commit(batch.slice(0, half), true);
    const second = await this.commit(batch.slice(half), true);
    return () => {
      first();
      second();
    };
  }
}

function isAfterFailure({ sequence }: { readonly sequence: CommitSequence | undefined }): boolean {
  return sequence?.failure !== undefined;
}
