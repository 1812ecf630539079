import { describe, expect, it } from '@jest/globals';
import { ScanSchedule } from './scan-schedule.js';

const START_MS = 1_000;
const MINUTE_MS = 60_000;

describe('ScanSchedule', () => {
  it('loads an incomplete shard while the lane budget has room', () => {
    const schedule = new ScanSchedule(START_MS);
    expect([schedule.due(START_MS, false, true, true), schedule.due(START_MS, true, true, true), schedule.due(START_MS, false, false, true)]).toEqual(['load', undefined, undefined]);
  });

  it('rests nine times as long as the scan took', () => {
    const schedule = new ScanSchedule(START_MS);
    schedule.onEnd('load', START_MS, START_MS + 100);
    expect([schedule.due(START_MS + 999, false, true, true), schedule.due(START_MS + 1_000, false, true, true)]).toEqual([undefined, 'load']);
  });

  it('audits every shard every three minutes, also one that is complete or has no room', () => {
    const schedule = new ScanSchedule(START_MS);
    const dueAtMs = START_MS + 3 * MINUTE_MS;
    expect([schedule.due(dueAtMs - 1, true, true, true), schedule.due(dueAtMs, true, true, true), schedule.due(dueAtMs, false, false, true)]).toEqual([undefined, 'audit', 'audit']);
    schedule.onEnd('audit', dueAtMs, dueAtMs + 10);
    expect([schedule.due(dueAtMs + 3 * MINUTE_MS, true, true, true), schedule.due(dueAtMs + 3 * MINUTE_MS + 10, true, true, true)]).toEqual([undefined, 'audit']);
  });

  it('does not put an audit off because of other scans', () => {
    const schedule = new ScanSchedule(START_MS);
    const dueAtMs = START_MS + 3 * MINUTE_MS;
    schedule.onEnd('load', dueAtMs - 100, dueAtMs - 50);
    expect(schedule.due(dueAtMs + 400, false, true, true)).toBe('audit');
  });

  it('loads an incomplete shard while another shard is audited', () => {
    const schedule = new ScanSchedule(START_MS);
    expect(schedule.due(START_MS + 3 * MINUTE_MS, false, true, false)).toBe('load');
  });

  it('loads an incomplete shard right after an audit, and rests before the next audit only', () => {
    const schedule = new ScanSchedule(START_MS);
    schedule.onEnd('audit', START_MS, START_MS + MINUTE_MS);
    expect(schedule.due(START_MS + MINUTE_MS, false, true, true)).toBe('load');
    expect([schedule.due(START_MS + 10 * MINUTE_MS - 1, true, true, true), schedule.due(START_MS + 10 * MINUTE_MS, true, true, true)]).toEqual([undefined, 'audit']);
  });
});
