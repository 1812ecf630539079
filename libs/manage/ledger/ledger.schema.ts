import { z } from 'zod';
import { parseDurationMs } from '#domain/duration';
import { durationsUpTo } from '#domain/duration-pattern';
import type { LedgerReport } from './ledger.js';

/** Beyond every retention. */
const MAX_AGE_MS = 315_360_000_000;

export const ledgerQuerySchema = z.strictObject({
  olderThan: z
    .string()
    .regex(durationsUpTo(MAX_AGE_MS), 'must be a duration such as 30s, 10m or 2h, of at most 3650d')
    .transform(parseDurationMs)
    .optional()
    .meta({ description: 'Also report deliveries that nothing has held up for this long, and that were not attempted', example: '10m' }),
});
export type LedgerQuery = z.output<typeof ledgerQuerySchema>;

const count = z.int().min(0);
const routes = { total: count, pending: count, delivered: count, dead: count, discarded: count };
const events = { accepted: count, notAdmitted: count.meta({ description: 'Accepted and not routed yet' }), admitted: count };

export const ledgerSchema = z
  .object({
    balanced: z.boolean().meta({ description: 'Whether there are no violations. Pending events and deliveries are none' }),
    asOf: z.iso.datetime().meta({ description: 'All numbers are from one database snapshot at this time' }),
    ...events,
    routes: z.object(routes).meta({ description: 'Deliveries by status, including replays' }),
    tenants: z.array(
      z.object({
        tenant: z.string(),
        balanced: z.boolean(),
        ...events,
        routes: z.object(routes),
        endpoints: z.array(z.object({ endpoint: z.string(), ...routes, oldestPendingAt: z.iso.datetime().nullable() })),
      }),
    ),
    violations: z.array(
      z.object({
        kind: z.string().meta({ example: 'lane_sequences_broken' }),
        tenant: z.string().nullable().meta({ description: 'Null: the violation concerns a shard, which has events of all tenants' }),
        count,
        examples: z.array(z.string()).max(10).meta({ description: 'Up to 10: `evt_…`, `dlv_…`, and lanes as `ep_…/entity`' }),
      }),
    ),
    omitted: z
      .object({ tenants: count, endpoints: count, violations: count })
      .optional()
      .meta({ description: 'How many of each the answer has no room for. The totals and the verdict include them; `npm run verify` lists them' }),
  })
  .meta({ id: 'Ledger' }) satisfies z.ZodType<Omit<LedgerReport, 'violations' | 'shards' | 'tenants'>>;
