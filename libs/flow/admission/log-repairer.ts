import { Inject, Injectable } from '@nestjs/common';
import { mintedAtMs } from '#domain/ids';
import { whileOwned } from '#flow/leases/while-owned';
import { LogEndsReader } from '#ground/kafka/log-ends';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { AdmissionService } from './admission.service.js';
import { type OpenLog, OpenLogs } from './open-logs.js';
import type { LogPosition } from './shard-log.js';
import { StoredEventAdmitter } from './stored-event-admitter.js';
import { UnadmittedRepository } from './unadmitted.repository.js';

/** Events in one look: some 50 ms, however many of them are admitted already. */
const PAGE = 5_000;

/**
 * How much older than the last event that was read a record is at which the reading of another log begins. Its events are
 * all admitted by then; but foreign records may be among them.
 */
const REREAD_MS = 600_000;

/**
 * Makes good what a shard's log has lost: retention dropped records that were not read, or the topic was created again.
 * Everything that may be missing is in Postgres, and is admitted from there before the log is read on.
 */
@Injectable()
export class LogRepairer {
  constructor(
    private readonly unadmitted: UnadmittedRepository,
    private readonly admissions: AdmissionService,
    private readonly stored: StoredEventAdmitter,
    @Inject(OpenLogs) private readonly logs: Pick<OpenLogs, 'resume'>,
    @Inject(LogEndsReader) private readonly logEnds: Pick<LogEndsReader, 'offsetsSince'>,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /**
   * Whether a log that continues with these events has everything that comes before them: the first event that is not
   * admitted is one of them, or there is none. Also false when it would take long to find out.
   * @throws what Postgres throws
   */
  async hasNothingMissingBefore({ lanes }: OpenLog, eventIds: readonly string[]): Promise<boolean> {
    const { events, more } = await this.unadmitted.look(await this.unadmitted.beginRepair(lanes.shard), PAGE);
    const first = events.find(({ missing }) => missing);
    return first === undefined ? !more : eventIds.includes(first.id);
  }

  /**
   * Admits every event of the shard that was accepted before now and is not admitted, in accept order. Then reads the
   * log from `resumeAt` on, where some of them may come again.
   */
  repairGap(open: OpenLog, resumeAt: number): Promise<void> {
    return this.repair(open, () => Promise.resolve(resumeAt));
  }

  /**
   * The same for a log that is another than the one that was read, or has lost its end. The two look alike: reading goes
   * on some minutes before the last event that was read, which is the start of a new log.
   */
  repairOtherLog(open: OpenLog): Promise<void> {
    const { position } = open.log;
    return this.repair(open, () => this.offsetNear(open.lanes.shard, position));
  }

  private async repair(open: OpenLog, placeToResume: () => Promise<number>): Promise<void> {
    const { lanes, log } = open;
    const { position } = log;
    if (!log.beginRepair()) return;
    for (;;) {
      // Before Postgres is looked at: what is committed after that comes behind this place.
      const resumeAt = await placeToResume();
      const repaired = await whileOwned(lanes.lease, { logger: this.logger, failure: 'Cannot repair a gap of the log yet', until: 'draining' }, () => this.admitAll(open, resumeAt));
      if (repaired === undefined) return;
      if (repaired > 0) this.logger.warn({ shard: lanes.shard, ...position, resumeAt, events: repaired }, 'The log had a gap or was created again: events were admitted from Postgres first');
      const next = log.endRepair(resumeAt);
      if (next === 'reading') this.logs.resume(open, resumeAt);
      if (next !== 'again') return;
    }
  }

  private async offsetNear(shard: number, { lastEventId }: LogPosition): Promise<number> {
    if (lastEventId === undefined) return 0;
    try {
      return (await this.logEnds.offsetsSince(mintedAtMs(lastEventId) - REREAD_MS)).get(shard) ?? 0;
    } catch (error) {
      this.logger.debug({ err: error, shard }, 'Kafka does not say where to read the log on: it is read from its start');
      return 0;
    }
  }

  /**
   * One walk in accept order. Of an entity's events in the range a later one was posted after the one before it was
   * committed, and both before the walk began: so it meets the earlier one first, though numbers become visible out of
   * order. What was still being committed then is in the outbox, and comes by the log.
   */
  private async admitAll({ lanes }: OpenLog, resumeAt: number): Promise<number> {
    let range = await this.unadmitted.beginRepair(lanes.shard);
    let total = 0;
    for (let hasMore = true; hasMore; ) {
      const { events, more } = await this.unadmitted.look(range, PAGE);
      hasMore = more;
      const missing = events.filter((event) => event.missing).map(({ id }) => id);
      if (missing.length > 0) total += await this.stored.admit(lanes, 'repair', missing);
      if (lanes.lease.isLost) return total;
      range = { ...range, after: events.at(-1)?.acceptSeq ?? range.after };
    }
    // Stored, or a later owner would find the old place and repair again.
    const moved = await this.admissions.admit({ lanes, source: 'repair', payloads: new Map(), eventIds: [], parked: [], nextOffset: resumeAt, lastEventId: undefined, caughtUp: false });
    if (moved.kind === 'unknown' || moved.kind === 'refused') throw new Error('The cursor was not moved');
    // Everything accepted before now was looked at, also what an admission without an answer was for.
    for (const source of ['log', 'repair', 'sweep'] as const) lanes.coverage.onOutcomeKnown(source);
    return total;
  }
}
