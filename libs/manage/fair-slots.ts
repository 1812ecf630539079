export interface FairSlotsOptions {
  readonly slots: number;
  /** How many of them one tenant may have. */
  readonly perTenant: number;
  /** How many requests may wait, of all tenants. */
  readonly waiting: number;
  /** How many of them one tenant may have. */
  readonly waitingPerTenant: number;
  /** How long a request waits at most, in milliseconds. */
  readonly waitMs: number;
}

/** Too many requests wait for a slot, or none became free in time. */
export class NoSlotError extends Error {
  override readonly name = 'NoSlotError';
}

type Grant = () => void;

/**
 * Shares slots among tenants: each has at most `perTenant` at a time, and waiting tenants get free slots in turn, each in
 * the order of its requests. A tenant with many slow requests delays only itself.
 */
export class FairSlots {
  private free: number;
  private readonly taken = new Map<string, number>();
  /** In the order of the tenants' turns. */
  private readonly queues = new Map<string, Grant[]>();
  private waiting = 0;

  constructor(private readonly options: FairSlotsOptions) {
    this.free = options.slots;
  }

  /**
   * Does the work in a slot of the tenant.
   * @throws NoSlotError; what the work throws
   */
  async use<Result>(tenant: string, work: () => Promise<Result>): Promise<Result> {
    if (this.mayTake(tenant)) this.take(tenant);
    else await this.slotFor(tenant);
    try {
      return await work();
    } finally {
      this.free += 1;
      this.taken.set(tenant, this.takenBy(tenant) - 1);
      if (this.takenBy(tenant) === 0) this.taken.delete(tenant);
      this.grantNext();
    }
  }

  private mayTake(tenant: string): boolean {
    return this.free > 0 && this.takenBy(tenant) < this.options.perTenant;
  }

  private take(tenant: string): void {
    this.free -= 1;
    this.taken.set(tenant, this.takenBy(tenant) + 1);
  }

  private takenBy(tenant: string): number {
    return this.taken.get(tenant) ?? 0;
  }

  private grantNext(): void {
    const turn = [...this.queues].find(([tenant]) => this.mayTake(tenant));
    if (turn === undefined) return;
    const [tenant, queue] = turn;
    const grant = queue.shift();
    // Behind the other tenants.
    this.queues.delete(tenant);
    if (queue.length > 0) this.queues.set(tenant, queue);
    this.take(tenant);
    grant?.();
  }

  /** Resolves when the slot is taken. */
  private async slotFor(tenant: string): Promise<void> {
    const { waiting, waitingPerTenant, waitMs } = this.options;
    const queue = this.queues.get(tenant) ?? [];
    if (this.waiting >= waiting || queue.length >= waitingPerTenant) throw new NoSlotError(`${queue.length} requests of the tenant wait, and ${this.waiting} in all`);
    this.queues.set(tenant, queue);
    this.waiting += 1;
    try {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          queue.splice(queue.indexOf(grant), 1);
          if (queue.length === 0) this.queues.delete(tenant);
          reject(new NoSlotError(`No slot became free within ${waitMs} ms`));
        }, waitMs);
        const grant = (): void => {
          clearTimeout(timer);
          resolve();
        };
        queue.push(grant);
      });
    } finally {
      this.waiting -= 1;
    }
  }
}
