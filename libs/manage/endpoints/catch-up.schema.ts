import { z } from 'zod';

const moment = z.iso.datetime({ offset: true });

/** Postgres has no year 0. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');

function hasPassed(text: string): boolean {
  const time = moment.safeParse(text).success ? Date.parse(text) : Number.NaN;
  return time >= FIRST_MS && time <= Date.now();
}

/** Where a new endpoint begins: `now`, `earliest`, or a moment that has passed. */
export const startAt = z
  .string()
  .refine((text) => text === 'now' || text === 'earliest' || hasPassed(text), 'must be now, earliest, or an RFC 3339 date and time from the year 1 on that has passed, such as 2026-01-31T12:00:00Z')
  .default('now')
  .meta({
    anyOf: [{ enum: ['now', 'earliest'] }, { format: 'date-time' }],
    description: '`now`: with new events. Otherwise the endpoint first gets every event that is kept and was accepted from this time on (`earliest`: all of them), in the order of acceptance of each entity, and then the new ones',
  });
export type StartAt = z.output<typeof startAt>;

/** An endpoint's catch-up in the API. */
export const catchUpSchema = z
  .object({
    from: z.iso.datetime().meta({ description: 'Events accepted from here on are delivered. Later than `startAt` if retention has dropped what came before' }),
    state: z.enum(['running', 'done']),
    routed: z.int().meta({ description: 'Past events that were routed to the endpoint' }),
    remaining: z.int().meta({ description: 'An estimate of those that are still to be routed' }),
    position: z.iso.datetime().meta({ description: 'What was accepted up to here is routed' }),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .nullable()
  .meta({ id: 'CatchUp', description: 'How far an endpoint has come that began in the past. Null if it began with new events' });
export type CatchUp = z.output<typeof catchUpSchema>;

/** What `catch_up_of` returns. Numbers of Postgres are exact here: they count events. */
const storedSchema = z
  .object({
    from: z.coerce.date(), routed: z.number(), remaining: z.number(), position: z.coerce.date(), startedAt: z.coerce.date(), finishedAt: z.coerce.date().nullable(),
  })
  .nullable();

/** @param stored by `catch_up_of` */
export function catchUpOf(stored: unknown): CatchUp {
  const catchUp = storedSchema.parse(stored);
  if (catchUp === null) return null;
  const { from, routed, remaining, position, startedAt, finishedAt } = catchUp;
  return {
    from: from.toISOString(), state: finishedAt === null ? 'running' : 'done', routed, remaining, position: position.toISOString(),
    startedAt: startedAt.toISOString(), finishedAt: finishedAt?.toISOString() ?? null,
  };
}
