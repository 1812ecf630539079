import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from './clock.js';
import { FAULT_ACTIONS } from './fault-actions.js';
import { counts, MAY_OPEN_BREAKERS } from './fault-windows.js';
import type { FaultRecord } from './history.js';
import type { MixedLoad } from './mixed-load.js';
import { MAX_RECEIVER_RETURN_MS } from './recovery.js';
import type { Rig } from './rig.js';
import type { ScheduledFault } from './schedule.js';

/** For starting or ending a fault. The slowest step is a server's start after a kill, which takes seconds. */
const STEP_LIMIT_MS = 90_000;
/** The next fault waits at most this long for the recovery from the last one; longer if breakers may be open. */
const RECOVERY_LIMIT_MS = 20_000;
const POLL_INTERVAL_MS = 100;

/** Causes the scheduled faults one at a time. Each starts at its number of accepted events, after the one before. */
export class FaultRunner {
  readonly records: FaultRecord[] = [];

  constructor(
    private readonly rig: Rig,
    private readonly load: MixedLoad,
    private readonly signal: AbortSignal,
  ) {}

  /** A fault that fails is a finding; the next one follows. */
  async run(schedule: readonly ScheduledFault[]): Promise<void> {
    for (const [i, fault] of schedule.entries()) {
      await this.until(() => this.load.accepted >= fault.atEvent);
      if (this.signal.aborted) return;
      const next = schedule[i + 1]?.atEvent ?? Infinity;
      // If this fault lasts until the next one is due, the load slows down.
      const overdueCheck = setInterval(() => this.load.slowDown(this.load.accepted >= Math.min(next, this.load.total * 0.95)), POLL_INTERVAL_MS);
      try {
        await this.cause(fault);
      } finally {
        clearInterval(overdueCheck);
        this.load.slowDown(false);
      }
    }
  }

  private async cause(fault: ScheduledFault): Promise<void> {
    const { kind, target, durationMs, amount } = fault;
    const fromMs = nowMs();
    this.rig.say(`${kind} ${target}${amount === undefined ? '' : ` (${amount})`}${durationMs === 0 ? '' : ` for ${(durationMs / 1_000).toFixed(1)} s`}`);
    try {
      const end = await inTime(FAULT_ACTIONS[kind](this.rig, fault));
      await delay(durationMs, undefined, { signal: this.signal }).catch(() => undefined);
      await inTime(end());
    } catch (error) {
      this.rig.findings.push(`${kind} ${target}: ${error instanceof Error ? error.message : String(error)}`);
      await this.rig.heal();
    }
    const untilMs = nowMs();
    this.records.push({ kind, target, fromMs, untilMs });
    const limitMs = counts(MAY_OPEN_BREAKERS, fault) ? MAX_RECEIVER_RETURN_MS : RECOVERY_LIMIT_MS;
    const recovered = await this.recovered(untilMs, limitMs);
    if (this.signal.aborted) return;
    this.rig.say(recovered ? `  ended after ${seconds(untilMs - fromMs)}; all shards deliver ${seconds(nowMs() - untilMs)} later` : `  ended, but some shards have not delivered for ${seconds(limitMs)}`);
  }

  /** Waits until each shard has an arrival after `sinceMs`. */
  private recovered(sinceMs: number, limitMs: number): Promise<boolean> {
    return this.until(async () => (await this.rig.receiver.status()).lastMs.every((lastMs) => lastMs > sinceMs), limitMs);
  }

  private async until(holds: () => boolean | Promise<boolean>, limitMs = Infinity): Promise<boolean> {
    const deadlineMs = performance.now() + limitMs;
    while (!this.signal.aborted && performance.now() < deadlineMs) {
      if (await holds()) return true;
      await delay(POLL_INTERVAL_MS);
    }
    return false;
  }
}

async function inTime<T>(step: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = delay(STEP_LIMIT_MS, undefined, { signal: done.signal }).then(() => {
    throw new Error(`took longer than ${STEP_LIMIT_MS / 1_000} s`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([step, late]);
  } finally {
    done.abort();
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
