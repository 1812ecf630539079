/** How much longer than it took a scan is followed by a rest: scans take a tenth of the time at most. */
const REST = 9;
/** Often enough for what should never be needed; on a full shard a scan takes about 2 s. */
const AUDIT_INTERVAL_MS = 180_000;

/** Why a shard is scanned: to load lanes that are only in Postgres, or to audit all of them, also those of a complete shard. */
export type ScanKind = 'load' | 'audit';

/** When a shard is scanned. Times are of this process's monotonic clock. */
export class ScanSchedule {
  private restUntilMs = -Infinity;
  private auditAtMs: number;

  constructor(nowMs: number) {
    this.auditAtMs = nowMs + AUDIT_INTERVAL_MS;
  }

  /** @param hasRoom whether the lane budget has room to load lanes */
  due(nowMs: number, isComplete: boolean, hasRoom: boolean): ScanKind | undefined {
    if (nowMs < this.restUntilMs) return undefined;
    if (nowMs >= this.auditAtMs) return 'audit';
    return !isComplete && hasRoom ? 'load' : undefined;
  }

  onEnd(kind: ScanKind, beganAtMs: number, nowMs: number): void {
    this.restUntilMs = nowMs + REST * (nowMs - beganAtMs);
    if (kind === 'audit') this.auditAtMs = nowMs + AUDIT_INTERVAL_MS;
  }
}
