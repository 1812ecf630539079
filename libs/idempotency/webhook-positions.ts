import { Injectable } from '@nestjs/common';
import { storeErrorOf } from '#ground/postgres/answering-database';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { advancePosition } from './advance-position.queries.js';
import { findLaterPosition } from './find-later-position.queries.js';

/** The position of a webhook delivery: its lane, and its number in it. */
export interface WebhookPosition {
  readonly tenant: string;
  /** Of the route. */
  readonly scope: string;
  /** Endpoint and entity. */
  readonly lane: string;
  readonly sequence: number;
}

/** The last position of each webhook lane, for routes that refuse an older event after a newer one. */
@Injectable()
export class WebhookPositions {
  constructor(@InjectDatabase('idempotency') private readonly database: Database) {}

  /**
   * Whether the lane has passed this sequence.
   * @throws LockstepError store_unavailable
   */
  async isPassed({ scope, lane, sequence }: WebhookPosition): Promise<boolean> {
    const rows = await orStoreError(findLaterPosition.run({ scope, lane, sequence }, this.database));
    return rows.length > 0;
  }

  /**
   * Moves the lane forward, never back.
   * @throws LockstepError store_unavailable
   */
  async advance(position: WebhookPosition, retentionMs: number): Promise<void> {
    await orStoreError(advancePosition.run({ ...position, retentionMs }, this.database));
  }
}

async function orStoreError<Result>(statement: Promise<Result>): Promise<Result> {
  try {
    return await statement;
  } catch (error) {
    throw storeErrorOf(error);
  }
}
