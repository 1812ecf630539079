import type { OpenReplay, OpenReplaysRepository } from './open-replays.repository.js';
import type { LeaseKeeper } from '#flow/leases/lease-keeper';
import { Poll } from '#ground/polling/poll';
import { isConflict, sqlStateOf } from '#ground/postgres/sql-errors';
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
    const shards = [...this.supervisor.all()].filter(({ loaded, lanes }) => loaded && lanes.active).map(({ lanes }) => lanes.shard);
    if (shards.length === 0) return;
    for (const replay of await this.repository.find(shards)) {
      const owned = this.supervisor.reading(replay.shard);
      if (owned !== undefined) await this.applyAll(replay, owned);
    }
  }

  private async applyAll(replay: OpenReplay, { lanes }: OwnedShard): Promise<void> {
    while (!lanes.dropped && lanes.active) {
      try {
        const batch = await this.repository.apply(replay, lanes.lease.epoch);
        if (!batch.held) return this.keeper.fenced(lanes.lease);
        deliveriesTotal.inc({ outcome: 'discarded' }, batch.discarded);
        for (const lane of batch.lanes) this.loader.reload(lanes, lane);
        if (batch.unordered > 0) lanes.miss();
        if (!batch.finished) continue;
        this.logger.info({ replay: replay.replay, shard: replay.shard }, 'Applied a replay');
        return;
      } catch (error) {
        if (isConflict(error)) continue;
        // Without an answer of Postgres it may have been committed all the same, and nobody else would tell the lanes: they
        // are taken as Postgres has them. Other replays go on; this one with the next look.
        if (sqlStateOf(error) === undefined) this.loader.reloadAll(lanes);
        this.logger.warn({ err: error, replay: replay.replay, shard: replay.shard }, 'A replay could not be applied; trying again');
        return;
      }
    }
  }
}
