import { Injectable } from '@nestjs/common';
import { idBounds } from '#domain/ids';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { commitOutcomes, type delivery_status } from './commit-outcomes.queries.js';
import { findOutcomes } from './find-outcomes.queries.js';
import type { Outcome, OutcomeVerdict } from './outcome.js';

/** Outcomes in Postgres. Its sessions join by index only; see commit-outcomes.sql. */
@Injectable()
export class OutcomeRepository {
  constructor(@InjectDatabase('outcome') private readonly database: Database) {}

  /** Commits the outcomes of several shards in one statement; the verdicts are in the order of `outcomes`. */
  async commit(outcomes: readonly Outcome[]): Promise<OutcomeVerdict[]> {
    const epochs = new Map(outcomes.map(({ shard, epoch }) => [shard, epoch]));
    const eventIds = outcomes.map(({ key }) => key.eventId);
    let offset = 0;
    const bodyOffsets = outcomes.map(({ result }) => {
      const at = offset;
      offset += result.responseBody.length;
      return at;
    });
    // Arrays may hold nulls, which PgTyped's types lack.
    const rows = await commitOutcomes.run(
      {
        shards: [...epochs.keys()],
        epochs: [...epochs.values()],
        eventIds,
        ...idBounds(eventIds),
        endpoints: outcomes.map(({ key }) => key.endpoint),
        replays: outcomes.map(({ key }) => key.replay),
        attemptShards: outcomes.map(({ shard }) => shard),
        numbers: outcomes.map(({ attempt }) => attempt),
        startedAtMs: outcomes.map(({ result }) => result.startedAtMs),
        durationsMs: outcomes.map(({ result }) => Math.round(result.durationMs)),
        statusCodes: outcomes.map(({ result }) => result.statusCode ?? null) as number[],
        errors: outcomes.map(({ result }) => result.error ?? null) as string[],
        bodyOffsets,
        bodyLengths: outcomes.map(({ result }) => result.responseBody.length),
        bodies: Buffer.concat(outcomes.map(({ result }) => result.responseBody)),
        statuses: outcomes.map(statusOf),
        delaysMs: outcomes.map(({ disposition }) => (disposition.kind === 'retry' ? disposition.delayMs : null)) as number[],
        deadReasons: outcomes.map(({ disposition }) => (disposition.kind === 'dead' ? disposition.reason : null)) as string[],
        halting: outcomes.map(({ halts }) => halts),
        tokenTopics: outcomes.map(({ tokenTopic }) => tokenTopic ?? null) as string[],
      },
      this.database,
    );
    const applied = new Set<number>();
    const heldShards = new Set<number>();
    for (const { ordinal, heldShard } of rows) {
      if (ordinal !== null) applied.add(ordinal);
      else if (heldShard !== null) heldShards.add(heldShard);
    }
    const verdicts = outcomes.map(({ shard }, i): OutcomeVerdict => (applied.has(i + 1) ? 'applied' : heldShards.has(shard) ? 'superseded' : 'fenced'));
    if (verdicts.includes('superseded')) await this.findCommitted(outcomes, verdicts);
    return verdicts;
  }

  /** Tells `already` from `superseded`. */
  private async findCommitted(outcomes: readonly Outcome[], verdicts: OutcomeVerdict[]): Promise<void> {
    const rows = await findOutcomes.run(
      {
        eventIds: outcomes.map(({ key }) => key.eventId),
        endpoints: outcomes.map(({ key }) => key.endpoint),
        replays: outcomes.map(({ key }) => key.replay),
        numbers: outcomes.map(({ attempt }) => attempt),
        epochs: outcomes.map(({ epoch }) => epoch),
      },
      this.database,
    );
    for (const { ordinal } of rows) {
      if (verdicts[ordinal - 1] === 'superseded') verdicts[ordinal - 1] = 'already';
    }
  }
}

function statusOf({ disposition }: Outcome): delivery_status {
  return disposition.kind === 'retry' ? 'pending' : disposition.kind;
}
