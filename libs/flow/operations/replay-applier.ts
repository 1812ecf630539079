import { Injectable } from '@nestjs/common';
import { LaneLoader } from '#flow/lanes/lane-loader';
import { deliveriesTotal } from '#flow/lanes/lanes.metrics';
import { OpenShards } from '#flow/lanes/open-shards';
import type { ShardLanes } from '#flow/lanes/shard-lanes';
import { Poll } from '#ground/polling/poll';
import { isConflict, isPoison } from '#ground/postgres/sql-errors';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { type OpenReplay, OpenReplaysRepository } from './open-replays.repository.js';

const INTERVAL_MS = 1_000;
/** Tries of a batch that deadlocks, before the other replays get their turn. */
const MAX_CONFLICTS = 5;

/**
 * Applies replays and discards of dead letters on owned shards, batch by batch: once a second, and at once on a nudge. Its
 * progress is in Postgres, where the shard's next owner finds it.
 */
@Injectable()
export class ReplayApplier {
  private readonly poll: Poll;

  constructor(
    private readonly repository: OpenReplaysRepository,
    private readonly shards: OpenShards,
    private readonly loader: LaneLoader,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: () => this.look(),
      onError: (error) => logger.warn({ err: error }, 'Cannot find replays to apply; trying again'),
    });
  }

  start(): void {
    this.poll.start();
  }

  nudge(): void {
    this.poll.nudge();
  }

  stop(): Promise<void> {
    return this.poll.stop();
  }

  private async look(): Promise<void> {
    const shards = this.shards.active();
    if (shards.length === 0) return;
    const open = await this.repository.find(shards.map(({ shard }) => shard));
    for (const lanes of shards) await this.applyAll(open.filter(({ shard }) => shard === lanes.shard), lanes);
  }

  /** Applies the shard's replays, the oldest first. */
  private async applyAll(replays: readonly OpenReplay[], lanes: ShardLanes): Promise<void> {
    let isAnswered = true;
    for (const replay of replays) isAnswered = (await this.apply(replay, lanes)) && isAnswered;
    // A replay whose last batch got no answer is found again and answered, or it has ended: then the batch is committed.
    if (isAnswered) lanes.coverage.onOutcomeKnown('replay');
  }

  /** @returns whether Postgres has answered about every batch */
  private async apply(replay: OpenReplay, lanes: ShardLanes): Promise<boolean> {
    const { lease, coverage } = lanes;
    let conflicts = 0;
    while (lease.isActive) {
      try {
        // The batch makes deliveries pending behind the lanes' back.
        coverage.markIncomplete();
        const batch = await this.repository.apply(replay, lease.epoch);
        if (!batch.held) {
          lease.fenced();
          return true;
        }
        deliveriesTotal.inc({ outcome: 'discarded' }, batch.discarded);
        for (const lane of batch.lanes) this.loader.reload(lanes, lane);
        if (batch.unordered > 0) coverage.markIncomplete();
        if (!batch.finished) continue;
        this.logger.info({ replay: replay.replay, shard: replay.shard }, 'Applied a replay');
        return true;
      } catch (error) {
        if (isConflict(error) && ++conflicts < MAX_CONFLICTS) continue;
        // Postgres rolled these back. Anything else may still commit.
        const isRolledBack = isConflict(error) || isPoison(error);
        if (!isRolledBack) coverage.onUnknownOutcome('replay');
        this.logger.warn({ err: error, replay: replay.replay, shard: replay.shard }, 'Cannot apply a replay; trying again');
        // The other replays are applied now, this one at the next look.
        return isRolledBack;
      }
    }
    return false;
  }
}
