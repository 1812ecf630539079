import { describe, expect, it } from '@jest/globals';
import { isViolationKind, linesOf, reportOf, type LedgerCounts } from './ledger.js';

const counts: LedgerCounts = { asOf: new Date('2026-11-21T12:00:00Z'), accepted: 12_345, admitted: 12_340, pending: 5, delivered: 24_000, dead: 3, discarded: 2 };

describe('ledger', () => {
  it('is balanced while nothing is wrong, however much is on its way', () => {
    expect(reportOf(counts, [])).toEqual({
      balanced: true, asOf: '2026-11-21T12:00:00.000Z', accepted: 12_345, notAdmitted: 5, admitted: 12_340,
      routes: { total: 24_010, pending: 5, delivered: 24_000, dead: 3, discarded: 2 }, violations: [],
    });
  });

  it('is not balanced with one violation of any kind, and leaves out kinds of which there are none', () => {
    const wrong = { kind: 'key_without_event', count: 1, examples: ['evt_1'] } as const;
    const report = reportOf(counts, [{ kind: 'stuck', count: 0, examples: [] }, wrong]);
    expect(report).toMatchObject({ balanced: false, violations: [wrong] });
  });

  it('does not count inbox rows of events that were never accepted as admitted', () => {
    const report = reportOf(counts, [{ kind: 'inbox_without_event', count: 4, examples: ['evt_1'] }]);
    expect(report).toMatchObject({ admitted: 12_336, notAdmitted: 9 });
  });

  it('is printed as a short table, with each violation\'s examples and how many more there are', () => {
    expect(linesOf(reportOf(counts, [{ kind: 'stuck', count: 1_002, examples: ['dlv_1', 'dlv_2'] }]), 1_500)).toEqual([
      'accepted                    12,345',
      '  not admitted yet               5',
      '  admitted                  12,340',
      'routes                      24,010',
      '  pending                        5',
      '  delivered                 24,000',
      '  dead                           3',
      '  discarded                      2',
      '',
      'stuck: 1,002 pending for too long without a reason',
      '  dlv_1',
      '  dlv_2',
      '  and 1,000 more',
      'NOT balanced as of 2026-11-21T12:00:00.000Z (checked in 1500ms).',
    ]);
    expect(linesOf(reportOf(counts, []), 1_500).at(-1)).toBe('Balanced as of 2026-11-21T12:00:00.000Z (checked in 1500ms).');
  });

  it('knows its kinds', () => {
    expect(['stuck', 'toString', ''].map(isViolationKind)).toEqual([true, false, false]);
  });
});
