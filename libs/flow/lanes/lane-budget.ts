/**
 * Limits how many lanes the process holds; the others wait in Postgres. One endpoint gets at most two thirds of the
 * limit, so that an endpoint whose every lane is stuck leaves room for the others.
 */
export class LaneBudget {
  private readonly usedBy = new Map<number, number>();
  private readonly share: number;
  private total = 0;

  constructor(private readonly limit: number) {
    this.share = Math.ceil((limit * 2) / 3);
  }

  get used(): number {
    return this.total;
  }

  take(endpoint: number): boolean {
    const used = this.usedBy.get(endpoint) ?? 0;
    if (this.total >= this.limit || used >= this.share) return false;
    this.total += 1;
    this.usedBy.set(endpoint, used + 1);
    return true;
  }

  give(endpoint: number): void {
    this.total -= 1;
    this.usedBy.set(endpoint, (this.usedBy.get(endpoint) ?? 1) - 1);
  }

  /** Endpoints that have used 90 % of their share: reading more of their lanes from Postgres is not worth it. */
  get nearlyFullEndpoints(): readonly number[] {
    return [...this.usedBy].filter(([, used]) => used >= this.share * 0.9).map(([endpoint]) => endpoint);
  }

  /** Whether 90 % of the limit is used. */
  get isNearlyFull(): boolean {
    return this.total >= this.limit * 0.9;
  }

  /** Whether the budget can afford lanes of this endpoint that have nothing to do for a while. */
  isHalfFreeFor(endpoint: number): boolean {
    return this.total < this.limit / 2 && (this.usedBy.get(endpoint) ?? 0) < this.share / 2;
  }
}
