import { Injectable } from '@nestjs/common';
import { Poll } from '#ground/polling/poll';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import type { IssuedKey } from './issued-key.js';
import { recordKeyUses } from './record-key-uses.queries.js';

/** `lastUsedAt` is later than the last use by at most this. */
const INTERVAL_MS = 30_000;

/** Records when API keys were last used: one statement for all keys of half a minute. A crash loses what it has noted. */
@Injectable()
export class KeyUses {
  private readonly poll: Poll;
  private ids = new Set<number>();
  private round = 0;

  constructor(
    @InjectDatabase('housekeeping') private readonly database: Database,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({ work: () => this.record(), intervalMs: INTERVAL_MS, onError: (err) => logger.warn({ err }, 'The last uses of API keys could not be recorded; retrying') });
  }

  start(): void {
    this.poll.start(INTERVAL_MS);
  }

  /** Records what has been noted. Without Postgres it is lost. */
  async stop(): Promise<void> {
    await this.poll.stop();
    await this.record().catch((err: unknown) => this.logger.warn({ err }, 'The last uses of API keys could not be recorded'));
  }

  /** The key is in use. Once a round, it costs an entry in a set. */
  note(key: IssuedKey): void {
    if (key.notedInRound === this.round) return;
    key.notedInRound = this.round;
    this.ids.add(key.id);
  }

  /** Keys that could not be recorded are recorded in the next round. */
  async record(): Promise<void> {
    if (this.ids.size === 0) return;
    const ids = this.ids;
    this.ids = new Set();
    this.round += 1;
    try {
      await recordKeyUses.run({ ids: [...ids] }, this.database);
    } catch (error) {
      for (const id of ids) this.ids.add(id);
      throw error;
    }
  }
}
