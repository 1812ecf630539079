/** A request to the receiver, with its answer. */
export interface Arrival {
  readonly id: string;
  readonly entity: string;
  readonly type: string;
  readonly sequence: number;
  readonly attempt: number;
  readonly status: 200 | 503;
}

/** Checks the order of events, using only the requests that arrive. */
export class OrderCheck {
  private readonly lanes = new Map<string, { sequence: number; delivered: boolean }>();
  private readonly delivered = new Set<string>();
  private readonly refused = new Set<string>();
  private outOfOrderCount = 0;
  private retryCount = 0;

  get counts(): { delivered: number; refused: number; retries: number; outOfOrder: number } {
    return { delivered: this.delivered.size, refused: this.refused.size, retries: this.retryCount, outOfOrder: this.outOfOrderCount };
  }

  /** Whether the arrival is in order: an entity's next event may arrive only after a 200 for the one before. */
  record({ id, entity, sequence, attempt, status }: Arrival): boolean {
    const last = this.lanes.get(entity);
    const isRepeat = this.delivered.has(id) || this.refused.has(id);
    const inOrder = isRepeat || last === undefined || (sequence === last.sequence + 1 && last.delivered);
    if (!inOrder) this.outOfOrderCount += 1;
    if (attempt > 1) this.retryCount += 1;
    if (status === 200) this.delivered.add(id);
    else this.refused.add(id);
    if (last === undefined || sequence >= last.sequence) this.lanes.set(entity, { sequence, delivered: status === 200 });
    return inOrder;
  }

  hasDelivered(id: string): boolean {
    return this.delivered.has(id);
  }
}
