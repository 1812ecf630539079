import { Injectable } from '@nestjs/common';

interface Waiter {
  readonly until: number;
  readonly resolve: () => void;
}

/** How many admission statements the process has sent, and how many of their results the lanes have. */
@Injectable()
export class AdmissionProgress {
  private readonly waiters: Waiter[] = [];
  private sentCount = 0;
  private appliedCount = 0;

  /** Statements sent: what is known now can only be in the results of later ones. */
  get sent(): number {
    return this.sentCount;
  }

  /** Statements whose results were applied, or whose failure was noted. */
  get applied(): number {
    return this.appliedCount;
  }

  onSent(): void {
    this.sentCount += 1;
  }

  /** All statements sent so far have been dealt with: only one is under way at a time. */
  onApplied(): void {
    this.appliedCount = this.sentCount;
    while ((this.waiters[0]?.until ?? Infinity) <= this.appliedCount) this.waiters.shift()?.resolve();
  }

  /** Resolves when the results of all statements sent by now are applied. */
  async caughtUp(): Promise<void> {
    if (this.appliedCount >= this.sentCount) return;
    await new Promise<void>((resolve) => this.waiters.push({ until: this.sentCount, resolve }));
  }
}
