import { z } from 'zod';
import { CursorFormat, UINT52 } from '#ground/http/cursor';
import { MICROSECONDS } from '#ground/http/moment';
import { pageQuery } from '#ground/http/pagination';
import { auditIdSchema } from '#ground/http/public-id';
import { textSchema } from '#ground/http/text-schema';
import { moment } from '#manage/events/event.schema';

/** The row's moment and key. */
export const auditCursor = new CursorFormat(MICROSECONDS, UINT52);

export const auditQuerySchema = z.strictObject({
  actor: textSchema({ min: 1, max: 255 }).optional().meta({ description: 'The id of an actor: `admin`, `system` or an API key', example: 'admin' }),
  action: z.string().max(64).regex(/^[a-z_]+\.[a-z_]+$/, 'must be an action such as endpoint.created').optional().meta({ example: 'endpoint.created' }),
  subject: textSchema({ min: 1, max: 512 }).optional().meta({ description: 'What it was done to: an endpoint, a lane as `ep_…/entity`, a replay, …' }),
  from: moment.optional().meta({ description: 'At this moment or later' }),
  to: moment.optional().meta({ description: 'Before this moment' }),
  ...pageQuery(auditCursor),
});
export type AuditQuery = z.output<typeof auditQuerySchema>;

export const actorSchema = z
  .object({
    type: z.enum(['key', 'admin', 'console', 'system', 'source']).meta({ description: '`system`: Lockstep did it by itself' }),
    id: z.string(),
    name: z.string(),
  })
  .meta({ id: 'Actor', example: { type: 'admin', id: 'admin', name: 'Admin key' } });
export type ActorResource = z.output<typeof actorSchema>;

export const auditRowSchema = z
  .object({
    id: auditIdSchema,
    at: z.iso.datetime(),
    actor: actorSchema,
    action: z.string().meta({ example: 'lane.paused' }),
    subject: z.string().meta({ example: 'ep_0199c0de00007000800000000000beef/order-17' }),
    detail: z.record(z.string(), z.unknown()).meta({ description: 'Depends on the action', example: { reason: 'The receiver is being moved' } }),
    requestId: z.string().nullable().meta({ description: 'As the answer\'s header `X-Request-Id` had it. Null if no request was behind it', example: 'req_5f0c2a91b7e400d13c8a6e92' }),
  })
  .meta({ id: 'AuditRow' });
export type AuditRow = z.output<typeof auditRowSchema>;
