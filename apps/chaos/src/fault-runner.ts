import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from './clock.js';
import { FAULT_ACTIONS } from './fault-actions.js';
import type { FaultRecord } from './history.js';
import type { Load } from './load.js';
import type { Rig } from './rig.js';
import type { ScheduledFault } from './schedule.js';

/** A fault's beginning or end: a server's start after a kill takes seconds, never this long. */
const STEP_LIMIT_MS = 90_000;
/** The next fault does not wait longer than this for the last one's recovery. */
const RECOVERY_LIMIT_MS = 20_000;
const LOOK_MS = 100;

/** Causes the scheduled faults, one at a time, each when its number of events is accepted and the last one is over. */
export class FaultRunner {
  readonly records: FaultRecord[] = [];

  constructor(
    private readonly rig: Rig,
    private readonly load: Load,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws never for a fault that goes wrong: that is a finding, and the next one comes */
  async run(schedule: readonly ScheduledFault[]): Promise<void> {
    for (const [i, fault] of schedule.entries()) {
      await this.until(() => this.load.accepted >= fault.atEvent);
      if (this.signal.aborted) return;
      const next = schedule[i + 1]?.atEvent ?? Infinity;
      // From the next one's turn on the load waits for this one.
      const late = setInterval(() => this.load.wait(this.load.accepted >= Math.min(next, this.load.total * 0.95)), LOOK_MS);
      try {
        await this.cause(fault);
      } finally {
        clearInterval(late);
        this.load.wait(false);
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
    const recovered = await this.recovered(untilMs);
    if (this.signal.aborted) return;
    this.rig.say(recovered ? `  over after ${seconds(untilMs - fromMs)}; deliveries on all shards ${seconds(nowMs() - untilMs)} later` : `  over, but not all shards deliver after ${RECOVERY_LIMIT_MS / 1_000} s`);
  }

  /** Whether something has arrived on each of the shards since. */
  private recovered(sinceMs: number): Promise<boolean> {
    return this.until(async () => (await this.rig.receiver.status()).lastMs.every((lastMs) => lastMs > sinceMs), RECOVERY_LIMIT_MS);
  }

  private async until(holds: () => boolean | Promise<boolean>, limitMs = Infinity): Promise<boolean> {
    const deadlineMs = performance.now() + limitMs;
    while (!this.signal.aborted && performance.now() < deadlineMs) {
      if (await holds()) return true;
      await delay(LOOK_MS);
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
