import { Injectable } from '@nestjs/common';

interface Waiter {
  readonly until: number;
  readonly resolve: () => void;
}

/**
 * How many admission statements the process has sent, and of how many the lanes have the results. Statements are numbered
 * from 1; those of different shards may be under way at the same time.
 */
@Injectable()
export class AdmissionProgress {
  private readonly waiters: Waiter[] = [];
  /** In the order in which they were sent. */
  private readonly underWay = new Set<number>();
  private sentCount = 0;
  private appliedCount = 0;

  /** Statements sent: what is known now can only be in the results of later ones. */
  get sent(): number {
    return this.sentCount;
  }

  /** The results of all statements up to this one were applied, or their failure was noted. */
  get applied(): number {
    return this.appliedCount;
  }

  /** @returns the statement's number */
  onSent(): number {
    this.sentCount += 1;
    this.underWay.add(this.sentCount);
    return this.sentCount;
  }

  onApplied(statement: number): void {
    this.underWay.delete(statement);
    const [oldest = this.sentCount + 1] = this.underWay;
    this.appliedCount = oldest - 1;
    while ((this.waiters[0]?.until ?? Infinity) <= this.appliedCount) this.waiters.shift()?.resolve();
  }

  /** Resolves when the results of all statements sent by now are applied. */
  async caughtUp(): Promise<void> {
    if (this.appliedCount >= this.sentCount) return;
    await new Promise<void>((resolve) => this.waiters.push({ until: this.sentCount, resolve }));
  }
}
