import { Injectable } from '@nestjs/common';
import { EndpointActivity } from '#flow/lanes/endpoint-activity';
import { LaneLoader } from '#flow/lanes/lane-loader';
import { OpenShards } from '#flow/lanes/open-shards';
import type { ShardLanes } from '#flow/lanes/shard-lanes';
import { Poll } from '#ground/polling/poll';
import { retryConflicts } from '#ground/postgres/retry-conflicts';
import { isConflict, isPoison } from '#ground/postgres/sql-errors';
import { StatementSize } from '#ground/postgres/statement-size';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { replayConflicts } from './operations.metrics.js';
import { type OpenReplay, OpenReplaysRepository, REPLAYS_PER_ROUND } from './open-replays.repository.js';

const INTERVAL_MS = 1_000;
/** Before a replay is tried again whose statements exceed their time, even the smallest. */
const MAX_PAUSE_MS = 60_000;
/** Tries of a batch that deadlocks, before the other replays get their turn. */
const MAX_TRIES = 5;

/** A replay of which a batch has failed, until the replay ends. */
interface TroubledReplay {
  readonly replay: OpenReplay;
  readonly lanes: ShardLanes;
  readonly size: StatementSize;
  /** Whether the last batch got no answer: it may be committed, now or later. */
  isInDoubt: boolean;
  retryAtMs: number;
}

/**
 * Applies replays and discards of dead letters on owned shards: once a second, and at once on a nudge. In a round, each
 * replay gets one batch, in turn over tenants and shards, so that a large one delays no other. The progress is in Postgres,
 * where the shard's next owner finds it.
 */
@Injectable()
export class ReplayApplier {
  private readonly poll: Poll;
  private readonly troubled = new Map<string, TroubledReplay>();
  /** The last one of the round before. */
  private last: OpenReplay | undefined;

  constructor(
    private readonly repository: OpenReplaysRepository,
    private readonly shards: OpenShards,
    private readonly loader: LaneLoader,
    private readonly activity: EndpointActivity,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: (signal) => this.applyRound(signal),
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

  private async applyRound(signal: AbortSignal): Promise<void> {
    const shards = new Map(this.shards.active().map((lanes) => [lanes.shard, lanes]));
    for (const [key, { lanes }] of this.troubled) if (this.shards.find(lanes.shard) !== lanes) this.troubled.delete(key);
    if (shards.size === 0) return;
    const found = await this.repository.find([...shards.keys()], this.last);
    this.last = found.at(-1);
    // From memory: what got no answer may have ended, and is asked about again although it is no longer found.
    const troubled = [...this.troubled.values()].filter(({ retryAtMs }) => retryAtMs <= performance.now()).map(({ replay }) => replay);
    const untroubled = found.filter((replay) => !this.troubled.has(keyOf(replay)));
    let hasMore = false;
    for (const replay of [...troubled, ...untroubled]) {
      const lanes = shards.get(replay.shard);
      if (signal.aborted || lanes?.lease.isActive !== true) continue;
      const result = await this.applyBatch(replay, lanes);
      hasMore ||= result === 'unfinished' || (result === 'finished' && found.length === REPLAYS_PER_ROUND);
    }
    if (hasMore) this.poll.nudge();
  }

  private async applyBatch(replay: OpenReplay, lanes: ShardLanes): Promise<'finished' | 'unfinished' | 'failed'> {
    const { lease, coverage } = lanes;
    const size = this.troubled.get(keyOf(replay))?.size ?? new StatementSize();
    try {
      // The batch makes deliveries pending behind the lanes' back.
      coverage.markIncomplete();
      const batch = await retryConflicts(replayConflicts, MAX_TRIES, () => this.repository.apply(replay, lease.epoch, size));
      if (!batch.held) {
        lease.fenced();
        return 'failed';
      }
      for (const endpoint of batch.discarded) this.activity.onDiscarded(endpoint);
      for (const lane of batch.lanes) this.loader.reload(lanes, lane);
      if (batch.unordered > 0) coverage.markIncomplete();
      this.onAnswer(replay, lanes, batch.finished);
      if (!batch.finished) return 'unfinished';
      this.logger.info({ replay: replay.replay, shard: replay.shard }, 'Applied a replay');
      return 'finished';
    } catch (error) {
      this.onFailure(error, { replay, lanes, size, isInDoubt: false, retryAtMs: performance.now() + size.delayMs(INTERVAL_MS, MAX_PAUSE_MS) });
      return 'failed';
    }
  }

  private onFailure(error: unknown, failed: TroubledReplay): void {
    const { replay, lanes } = failed;
    this.logger.warn({ err: error, replay: replay.replay, shard: replay.shard }, 'Cannot apply a replay; trying again');
    // Postgres rolled these back. Anything else may still commit.
    failed.isInDoubt = !isConflict(error) && !isPoison(error);
    if (failed.isInDoubt) lanes.coverage.onUnknownOutcome('replay');
    this.troubled.set(keyOf(replay), failed);
    if (!failed.isInDoubt) this.clearDoubt(lanes);
  }

  /** Postgres has said how far the replay has come: a batch that got no answer before is committed, or never will be. */
  private onAnswer(replay: OpenReplay, lanes: ShardLanes, isFinished: boolean): void {
    const troubled = this.troubled.get(keyOf(replay));
    if (troubled === undefined) return;
    troubled.isInDoubt = false;
    troubled.retryAtMs = -Infinity;
    if (isFinished) this.troubled.delete(keyOf(replay));
    this.clearDoubt(lanes);
  }

  private clearDoubt(lanes: ShardLanes): void {
    const isInDoubt = [...this.troubled.values()].some((troubled) => troubled.lanes === lanes && troubled.isInDoubt);
    if (!isInDoubt) lanes.coverage.onOutcomeKnown('replay');
  }
}

function keyOf({ replay, shard }: OpenReplay): string {
  return `${shard}/${replay}`;
}
