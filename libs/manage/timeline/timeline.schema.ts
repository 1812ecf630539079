import { z } from 'zod';
import { CursorFormat, UINT16, UINT31, UINT52 } from '#ground/http/cursor';
import { MICROSECONDS } from '#ground/http/moment';
import { pageQuery } from '#ground/http/pagination';
import { deliveryIdSchema, idSchema } from '#ground/http/public-id';
import { actorSchema } from '#manage/audit/audit.schema';
import { entity } from '#manage/events/event.schema';

/** The moment, the rank of the kind, endpoint, replay and number. */
export const timelineCursor = new CursorFormat(MICROSECONDS, UINT16, UINT31, UINT16, UINT52);

export const timelineQuerySchema = z.strictObject({
  endpoint: idSchema('ep').optional().meta({ description: 'Only the deliveries to this endpoint' }),
  ...pageQuery(timelineCursor),
});
export type TimelineQuery = z.output<typeof timelineQuerySchema>;

const at = z.iso.datetime();
const delivery = { endpoint: idSchema('ep'), delivery: deliveryIdSchema };
const sequence = z.int().min(1).nullable();

const accepted = z
  .object({ at, kind: z.literal('accepted'), source: z.string().meta({ description: 'The name of the source; `api` for posts, `lockstep` for operational events', example: 'api' }), by: z.string().nullable().meta({ description: 'The id of the key or source, `admin` for the admin key, `system` for Lockstep itself; null for events that an older release accepted', example: 'key_0192f3c1a5b07d4e8f00c3a1b2d4e5f6' }), idempotencyKey: z.string().nullable() })
  .meta({ id: 'TimelineAccepted', description: 'The event is stored' });

const duplicate = z
  .object({ at, kind: z.literal('duplicate'), by: z.string().meta({ description: 'The id of the key or source, `admin` for the admin key', example: 'admin' }), count: z.int().min(1), lastAt: z.iso.datetime() })
  .meta({ id: 'TimelineDuplicate', description: 'The event came again, `count` times between `at` and `lastAt`, which are in one minute, by a gateway\'s clock' });

const admitted = z
  .object({ at, kind: z.literal('admitted'), routes: z.int().min(0).meta({ description: 'Endpoints that get it', example: 1 }), filtered: z.int().min(0).meta({ description: 'Endpoints that do not get it because it does not match their `filter`', example: 0 }) })
  .meta({ id: 'TimelineAdmitted', description: 'It was decided who gets the event' });

const notRouted = z
  .object({ at, kind: z.literal('not_routed'), reason: z.enum(['no_endpoint', 'filtered', 'endpoint_deleted']).meta({ description: '`no_endpoint`: no endpoint of the tenant had an `eventTypes` that matches. `filtered`: the event matches the `filter` of none that had. `endpoint_deleted`: the event names an endpoint that was deleted by then' }) })
  .meta({ id: 'TimelineNotRouted', description: 'Nobody gets the event' });

const filtered = z
  .object({ at, kind: z.literal('filtered'), endpoint: idSchema('ep') })
  .meta({ id: 'TimelineFiltered', description: 'The endpoint does not get the event, because it does not match the `filter` that the endpoint had then. Of more than 100 such endpoints, the oldest 100 are named' });

const routed = z
  .object({
    at, kind: z.literal('routed'), ...delivery,
    lane: entity.nullable().meta({ description: 'The entity whose lane it is in. Null if the endpoint has the ordering "none"' }),
    sequence: sequence.meta({ description: 'Its place in the lane' }),
    replay: z.int().min(0).meta({ description: '0: by admission, or by the endpoint\'s catch-up. n: as its n-th replay after it was delivered' }),
    reason: z.enum(['event_type', 'destination', 'replay', 'catch_up']).meta({ description: '`event_type`: the endpoint\'s `eventTypes` match. `destination`: the event names the endpoint. `catch_up`: the endpoint begins in the past' }),
  })
  .meta({ id: 'TimelineRouted', description: 'A delivery was made' });

const attempt = z
  .object({
    at, kind: z.literal('attempt'), ...delivery,
    number: z.int().min(1),
    durationMs: z.int().min(0),
    statusCode: z.int().min(100).max(999).nullable().meta({ description: 'Null if no response came; `error` says why' }),
    error: z.string().max(500).nullable(),
    epoch: z.int().min(0).meta({ description: 'Counts the owners of the shard: another one means that another dispatcher had taken over' }),
  })
  .meta({ id: 'TimelineAttempt', description: 'An attempt began at `at`, by the clock of its dispatcher' });

const delivered = z.object({ at, kind: z.literal('delivered'), ...delivery }).meta({ id: 'TimelineDelivered', description: 'The delivery is complete' });

const dead = z
  .object({ at, kind: z.literal('dead'), ...delivery, reason: z.string().nullable().meta({ description: '`attempts_exhausted` or `gone`', example: 'attempts_exhausted' }) })
  .meta({ id: 'TimelineDead', description: 'The delivery is a dead letter' });

const discarded = z.object({ at, kind: z.literal('discarded'), ...delivery }).meta({ id: 'TimelineDiscarded', description: 'An operator, or the deletion of the endpoint, ended the delivery' });

const action = z
  .object({
    at, kind: z.literal('action'), endpoint: idSchema('ep'),
    action: z.string().meta({ example: 'lane.paused' }), subject: z.string().meta({ description: 'The endpoint, or the lane as `ep_…/entity`' }), by: actorSchema,
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TimelineAction', description: 'Something was done to the endpoint, or to the event\'s lane, while the event had a pending delivery there' });

const replay = z
  .object({
    at, kind: z.literal('replay'), action: z.enum(['replay', 'requeue', 'discard']).meta({ description: '`requeue`: the producer has sent the event again' }), request: idSchema('rpl'),
    matched: z.int().min(0).meta({ description: 'Deliveries that the request matched, also of other events' }), by: actorSchema,
  })
  .meta({ id: 'TimelineReplay', description: 'A replay of the event was requested, also by its producer, or a replay or discard of dead letters whose filter covers it' });

const waiting = z
  .object({
    at: at.meta({ description: 'Now' }), kind: z.literal('waiting'), endpoint: delivery.endpoint.optional(), delivery: delivery.delivery.optional(),
    reason: z
      .enum(['admission', 'retry', 'lane', 'lane_paused', 'lane_halted', 'endpoint_paused', 'endpoint_disabled', 'endpoint_deleted', 'breaker', 'rate_limit', 'sending'])
      .meta({ description: '`admission`: it is not decided yet who gets the event. `lane`: an earlier delivery of the lane has no outcome. `breaker`: the endpoint fails, and its circuit breaker is open. `rate_limit`: the endpoint gets no more requests now. `sending`: nothing holds it up. `endpoint_deleted`: it will be discarded' }),
    behind: sequence.meta({ description: 'The sequence that it waits for, in its lane' }),
    until: z.iso.datetime().nullable().meta({ description: 'The next attempt, for `breaker` the next probe of the endpoint. Null if it is not known' }),
  })
  .meta({ id: 'TimelineWaiting', description: 'What a pending delivery waits for now. Comes after everything that has happened' });

export const timelineEntrySchema = z.discriminatedUnion('kind', [accepted, duplicate, admitted, notRouted, filtered, routed, attempt, delivered, dead, discarded, action, replay, waiting]);
export type TimelineEntry = z.output<typeof timelineEntrySchema>;
