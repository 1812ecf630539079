import type { OpenReplay, OpenReplaysRepository } from './open-replays.repository.js';
import type { LeaseKeeper } from '#flow/leases/lease-keeper';
import { Poll } from '#ground/polling/poll';
import { isConflict } from '#ground/postgres/sql-errors';
import type { Logger } from '#ground/telemetry/logger';
import { deliveriesTotal } from '#flow/lanes/lanes.metrics';
import type { LaneLoader } from '#flow/lanes/lane-loader';
import type { OwnedShard } from '#flow/shards/owned-shard';
import type { ShardSupervisor } from '#flow/shards/shard-supervisor';

const INTERVAL_MS = 1_000;

/**
 * Applies replays and discards of dead letters on the shards that are owned here, batch by batch: a look once a second,
 * and at once on a nudge. How far it has come is in Postgres, so that whoever owns a shard goes on from there.
 */
export class ReplayApplier {
  private readonly poll: Poll;

  constructor(
    private readonly repository: OpenReplaysRepository,
    private readonly supervisor: ShardSupervisor,
    private readonly loader: LaneLoader,
    private readonly keeper: LeaseKeeper,
    private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: () => this.look(),
      onError: (error) => logger.warn({ err: error }, 'Replays could not be applied; trying again'),
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
    const shards = [...this.supervisor.all()].filter(({ loaded, lanes }) => loaded && lanes.active);
    if (shards.length === 0) return;
    const open = await this.repository.find(shards.map(({ lanes }) => lanes.shard));
    for (const owned of shards) await this.applyAll(open.filter(({ shard }) => shard === owned.lanes.shard), owned);
  }

  /** Applies the shard's replays, the oldest first. */
  private async applyAll(replays: readonly OpenReplay[], owned: OwnedShard): Promise<void> {
    let answered = true;
    for (const replay of replays) answered = (await this.apply(replay, owned)) && answered;
    // A replay whose last batch got no answer is found again and answered, or has ended: then the batch is committed.
    if (answered) owned.lanes.coverage.onOutcomeKnown('replay');
  }

  /** @returns whether Postgres has answered about every batch */
  private async apply(replay: OpenReplay, { lanes }: OwnedShard): Promise<boolean> {
    while (!lanes.dropped && lanes.active) {
      try {
        // The batch makes deliveries pending behind the lanes' back.
        lanes.coverage.markIncomplete();
        const batch = await this.repository.apply(replay, lanes.lease.epoch);
        if (!batch.held) {
          this.keeper.fenced(lanes.lease);
          return true;
        }
        deliveriesTotal.inc({ outcome: 'discarded' }, batch.discarded);
        for (const lane of batch.lanes) this.loader.reload(lanes, lane);
        if (batch.unordered > 0) lanes.coverage.markIncomplete();
        if (!batch.finished) continue;
        this.logger.info({ replay: replay.replay, shard: replay.shard }, 'Applied a replay');
        return true;
      } catch (error) {
        if (isConflict(error)) continue;
        lanes.coverage.onUnknownOutcome('replay');
        this.logger.warn({ err: error, replay: replay.replay, shard: replay.shard }, 'Cannot apply a replay; trying again');
        // Other replays are applied all the same; this one at the next look.
        return false;
      }
    }
    return false;
  }
}
