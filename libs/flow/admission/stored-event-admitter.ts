import { Injectable } from '@nestjs/common';
import type { Payloads } from '#flow/lanes/lane-intake';
import type { StatementSource } from '#flow/lanes/shard-coverage';
import type { ShardLanes } from '#flow/lanes/shard-lanes';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { repairedEvents } from './admission.metrics.js';
import { AdmissionService } from './admission.service.js';

const NO_PAYLOADS: Payloads = new Map();
/** Events in one statement; see AdmissionService. */
const CHUNK = 500;

/** Admits events straight from Postgres. */
@Injectable()
export class StoredEventAdmitter {
  constructor(
    private readonly admissions: AdmissionService,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /**
   * Admits events in the order given; those that Postgres refuses are left out.
   * @returns how many were not admitted before; fewer than there were when the shard is lost in the meantime
   * @throws when Postgres did not answer; what was admitted so far stays so
   */
  async admit(lanes: ShardLanes, source: StatementSource, eventIds: readonly string[]): Promise<number> {
    let admitted = 0;
    for (let at = 0; at < eventIds.length && !lanes.lease.isLost; at += CHUNK) admitted += await this.admitChunk(lanes, source, eventIds.slice(at, at + CHUNK));
    return admitted;
  }

  private async admitChunk(lanes: ShardLanes, source: StatementSource, eventIds: readonly string[]): Promise<number> {
    let admitted = 0;
    for (let left = eventIds; left.length > 0; ) {
      const result = await this.admissions.admit({ lanes, source, payloads: NO_PAYLOADS, eventIds: left, parked: [], nextOffset: undefined, caughtUp: false });
      switch (result.kind) {
        case 'fenced':
          return admitted;
        case 'unknown':
          throw new Error('The admission got no answer', { cause: result.error });
        case 'refused':
          return admitted + (await this.admitHalves(lanes, source, left));
        case 'admitted':
          repairedEvents.inc(result.admitted);
          admitted += result.admitted;
          left = result.postponed;
      }
    }
    return admitted;
  }

  private async admitHalves(lanes: ShardLanes, source: StatementSource, eventIds: readonly string[]): Promise<number> {
    if (eventIds.length === 1) {
      this.logger.error({ shard: lanes.shard, eventId: eventIds[0] }, 'Postgres cannot store what admitting an event writes: the event is left out');
      return 0;
    }
    const half = eventIds.length >> 1;
    return (await this.admitChunk(lanes, source, eventIds.slice(0, half))) + (await this.admitChunk(lanes, source, eventIds.slice(half)));
  }
}
