/** A scan is followed by a rest nine times as long: each kind takes a tenth of the time at most. */
const REST = 9;
/** Often enough for what should never be needed; on a full shard a scan takes about 2 s. */
const AUDIT_INTERVAL_MS = 180_000;

/** Why a shard is scanned: to load lanes that are only in Postgres, or to audit all of them, also those of a complete shard. */
export type ScanKind = 'load' | 'audit';

/** When a shard is scanned. Times are of this process's monotonic clock. */
export class ScanSchedule {
  private loadAtMs = -Infinity;
  private auditAtMs: number;

  constructor(nowMs: number) {
    this.auditAtMs = nowMs + AUDIT_INTERVAL_MS;
  }

  /**
   * @param hasRoom whether the lane budget has room to load lanes
   * @param mayAudit whether no other audit is under way
   */
  due(nowMs: number, isComplete: boolean, hasRoom: boolean, mayAudit: boolean): ScanKind | undefined {
    if (mayAudit && nowMs >= this.auditAtMs) return 'audit';
    return !isComplete && hasRoom && nowMs >= this.loadAtMs ? 'load' : undefined;
  }

  /** The rest of an audit postpones the next audit only: an incomplete shard must not wait for it. */
  onEnd(kind: ScanKind, beganAtMs: number, nowMs: number): void {
    const restMs = REST * (nowMs - beganAtMs);
    if (kind === 'audit') this.auditAtMs = nowMs + Math.max(AUDIT_INTERVAL_MS, restMs);
    else this.loadAtMs = nowMs + restMs;
  }
}
