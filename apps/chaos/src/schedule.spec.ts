import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '#ground/config/project-root';
import { FAULT_KINDS } from './history.js';
import { type ScheduleOptions, scheduleOf } from './schedule.js';

const options = (changes: Partial<ScheduleOptions> = {}): ScheduleOptions => ({
  seed: 1, events: 20_000, faults: 10, topology: { gateways: 2, dispatchers: 3 }, leaseTtlMs: 10_000, ...changes,
});

describe('scheduleOf', () => {
  it('depends only on the seed', () => {
    expect(scheduleOf(options())).toEqual(scheduleOf(options()));
    expect(scheduleOf(options())).not.toEqual(scheduleOf(options({ seed: 2 })));
  });

  it('includes every kind within seeds 1 to 20', () => {
    const seen = new Set(Array.from({ length: 20 }, (_, i) => scheduleOf(options({ seed: i + 1 })).map(({ kind }) => kind)).flat());
    expect([...seen].sort()).toEqual([...FAULT_KINDS].sort());
  });

  it('covers the main faults with the seed of CI', () => {
    const seed = Number(/--events 20000 --faults 10 --seed (\d+)/.exec(readFileSync(path.join(projectRoot(), '.ci', 'run'), 'utf8'))?.[1]);
    const faults = scheduleOf(options({ seed })).map(({ kind, target }) => `${kind} ${target}`);
    for (const fault of [/^kill dispatcher/, /^kill-postgres/, /^(?:kill|restart)-kafka/, /^receiver-odd/, /^change-url/, /^pause-endpoint/]) expect(faults).toContainEqual(expect.stringMatching(fault));
  });

  it('has the requested number of faults, in order, all before the load ends', () => {
    const schedule = scheduleOf(options({ faults: 40 }));
    expect(schedule).toHaveLength(40);
    const starts = schedule.map(({ atEvent }) => atEvent);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(starts.at(-1)).toBeLessThan(19_000);
  });

  it('uses only the requested kinds and existing targets', () => {
    const schedule = scheduleOf(options({ kinds: ['kill', 'freeze'], faults: 30 }));
    expect(new Set(schedule.map(({ kind }) => kind))).toEqual(new Set(['kill', 'freeze']));
    expect(new Set(schedule.map(({ target }) => target))).toEqual(new Set(['gateway 0', 'gateway 1', 'dispatcher 0', 'dispatcher 1', 'dispatcher 2']));
    expect(schedule.filter(({ kind }) => kind === 'freeze').every(({ durationMs }) => durationMs > 10_000)).toBe(true);
  });

  it('starts a fault right after an endpoint that starts in the past', () => {
    const schedule = scheduleOf(options({ kinds: ['add-past-endpoint', 'kill'], faults: 20 }));
    const after = schedule.filter((_, i) => schedule[i - 1]?.kind === 'add-past-endpoint');
    expect(after.length).toBeGreaterThan(5);
    for (const { atEvent } of after) expect(schedule).toContainEqual(expect.objectContaining({ kind: 'add-past-endpoint', atEvent }));
  });

  it('replays dead letters last', () => {
    const kinds = scheduleOf(options({ faults: FAULT_KINDS.length })).map(({ kind }) => kind);
    expect(kinds.at(-1)).toBe('replay-dead-letters');
  });
});
