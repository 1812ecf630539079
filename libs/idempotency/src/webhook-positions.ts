import { storeErrorOf } from '#http/answering-database';
import type { Database } from '#postgres/pool';
import { advancePosition } from './advance-position.queries.js';

/** Where a webhook delivery stands: its lane, and its number there. */
export interface WebhookPosition {
  readonly tenant: string;
  /** Of the route. */
  readonly scope: string;
  /** Endpoint and entity. */
  readonly lane: string;
  readonly sequence: number;
}

/** How far webhook lanes have come, for routes that refuse an older event after a newer one. */
export class WebhookPositions {
  constructor(private readonly database: Database) {}

  /**
   * Moves the lane on; false when it is beyond this sequence already.
   * @throws LockstepError store_unavailable
   */
  async advance(position: WebhookPosition, retentionMs: number): Promise<boolean> {
    try {
      const rows = await advancePosition.run({ ...position, retentionMs }, this.database);
      return rows.length > 0;
    } catch (error) {
      throw storeErrorOf(error);
    }
  }
}
