import { describe, expect, it } from '@jest/globals';
import { isViolationKind, limited, linesOf, type LedgerFindings, reportOf, reportOfTenant, type Violation } from './ledger.js';

const NOTHING = { pending: 0, delivered: 0, dead: 0, discarded: 0, oldestPendingAt: null };

const findings: LedgerFindings = {
  asOf: new Date('2026-11-21T12:00:00Z'),
  accepted: 12_345,
  admitted: 12_340,
  routes: { total: 24_010, pending: 5, delivered: 24_000, dead: 3, discarded: 2 },
  tenants: [
    { tenant: 'acme', accepted: 345, notAdmitted: 0, admitted: 345, endpoints: [{ ...NOTHING, endpoint: 'ep_1', total: 10, delivered: 10 }, { ...NOTHING, endpoint: 'ep_2', total: 0 }] },
    {
      tenant: 'default', accepted: 12_000, notAdmitted: 5, admitted: 11_995,
      endpoints: [{ endpoint: 'ep_3', total: 24_000, pending: 5, delivered: 23_990, dead: 3, discarded: 2, oldestPendingAt: '2026-11-21T11:00:00.000Z' }],
    },
  ],
  violations: [],
  shards: undefined,
};

const wrong: Violation = { kind: 'key_without_event', tenant: 'acme', count: 1, examples: ['evt_1'] };

describe('ledger', () => {
  it('is balanced while nothing is wrong, however much is on its way', () => {
    expect(reportOf(findings)).toMatchObject({
      balanced: true, asOf: '2026-11-21T12:00:00.000Z', accepted: 12_345, notAdmitted: 5, admitted: 12_340,
      routes: { total: 24_010, pending: 5, delivered: 24_000, dead: 3, discarded: 2 }, violations: [],
      tenants: [
        { tenant: 'acme', balanced: true, accepted: 345, notAdmitted: 0, admitted: 345, routes: { total: 10, pending: 0, delivered: 10, dead: 0, discarded: 0 } },
        { tenant: 'default', balanced: true, routes: { total: 24_000, pending: 5 } },
      ],
    });
    expect(reportOf(findings)).not.toHaveProperty('shards');
  });

  it('is not balanced with one violation of any kind; neither is the tenant whose it is', () => {
    const report = reportOf({ ...findings, violations: [wrong] });
    expect(report).toMatchObject({ balanced: false, violations: [wrong], tenants: [{ tenant: 'acme', balanced: false }, { tenant: 'default', balanced: true }] });
  });

  it('shows a tenant its own part', () => {
    const report = reportOf({ ...findings, violations: [wrong, { ...wrong, tenant: null, kind: 'cursor_beyond_log' }] });
    expect(reportOfTenant(report, 'acme')).toMatchObject({ balanced: false, accepted: 345, notAdmitted: 0, admitted: 345, routes: { total: 10 }, tenants: [{ tenant: 'acme' }], violations: [wrong] });
    expect(reportOfTenant(report, 'default')).toMatchObject({ balanced: true, accepted: 12_000, tenants: [{ tenant: 'default' }], violations: [] });
    expect(reportOfTenant(report, 'nobody')).toMatchObject({ balanced: true, accepted: 0, routes: { total: 0 }, tenants: [] });
  });

  it('is limited on request: what is wrong comes first, and what is left out is counted', () => {
    const report = reportOf({ ...findings, violations: [{ ...wrong, tenant: 'default' }, { ...wrong, kind: 'stuck', tenant: 'default' }] });
    expect(limited(report, { tenants: 2, endpoints: 3, violations: 2 })).toBe(report);
    expect(limited(report, { tenants: 1, endpoints: 3, violations: 1 })).toEqual({
      ...report, tenants: [report.tenants[1]], violations: [report.violations[0]], omitted: { tenants: 1, endpoints: 2, violations: 1 },
    });
    const [acme, other] = report.tenants;
    expect(limited(report, { tenants: 2, endpoints: 2, violations: 2 })).toEqual({ ...report, tenants: [other, { ...acme, endpoints: acme?.endpoints.slice(0, 1) }], omitted: { tenants: 0, endpoints: 1, violations: 0 } });
  });

  it('is printed as a short table, with each violation\'s examples and how many more there are', () => {
    const violations: Violation[] = [{ kind: 'stuck', tenant: 'default', count: 1_002, examples: ['dlv_1', 'dlv_2'] }, { kind: 'cursor_beyond_log', tenant: null, count: 1, examples: ['shard 0: read up to 9, the log ends at 2'] }];
    const shards = [{ shard: 0, cursor: 9, logStart: 0, logEnd: 2, lag: 0, outbox: 1_000 }];
    expect(linesOf(reportOf({ ...findings, violations, shards }), 1_500)).toEqual([
      'accepted                    12,345',
      '  not admitted yet               5',
      '  admitted                  12,340',
      'routes                      24,010',
      '  pending                        5',
      '  delivered                 24,000',
      '  dead                           3',
      '  discarded                      2',
      '',
      'acme: 345 accepted, 345 admitted',
      '  ep_1: 0 pending, 10 delivered, 0 dead, 0 discarded',
      '  ep_2: 0 pending, 0 delivered, 0 dead, 0 discarded',
      '',
      'default: 12,000 accepted, 11,995 admitted',
      '  ep_3: 5 pending (oldest 2026-11-21T11:00:00.000Z), 23,990 delivered, 3 dead, 2 discarded',
      '',
      'shard 0: read up to 9 of 0 … 2, 0 to read, 1,000 in the outbox',
      '',
      'stuck (default): 1,002 pending for too long without a reason',
      '  dlv_1',
      '  dlv_2',
      '  and 1,000 more',
      'cursor_beyond_log: 1 shards whose cursor is beyond the end of their log: it was lost or created again',
      '  shard 0: read up to 9, the log ends at 2',
      'NOT balanced as of 2026-11-21T12:00:00.000Z (checked in 1500ms).',
    ]);
    expect(linesOf(reportOf(findings), 1_500).at(-1)).toBe('Balanced as of 2026-11-21T12:00:00.000Z (checked in 1500ms).');
  });

  it('knows its kinds', () => {
    expect(['stuck', 'toString', ''].map(isViolationKind)).toEqual([true, false, false]);
  });
});
