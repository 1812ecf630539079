import { Injectable } from '@nestjs/common';
import { deliveryId, idBounds, mintId, toPublicId } from '#domain/ids';
import { auditedBy, type Principal } from '#ground/http/principal';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { findDeadEvents } from './find-dead-events.queries.js';
import { findSettled, type IFindSettledResult } from './find-settled.queries.js';
import { requeueEvent } from './requeue-event.queries.js';

/** A delivery of an event whose producer waits for it. */
export interface AwaitedDelivery {
  readonly id: string;
  readonly endpoint: string;
  readonly sequence: number | null;
  readonly status: 'pending' | 'delivered' | 'dead' | 'discarded';
  readonly attemptCount: number;
  readonly nextAttemptAt: string | null;
  readonly deadReason: string | null;
  readonly finishedAt: string | null;
}

/** What became of an event so far. */
export interface EventState {
  /** Whether nothing of it is to be delivered any more. */
  readonly settled: boolean;
  readonly admitted: boolean;
  readonly deliveries: readonly AwaitedDelivery[];
}

/** Of one event; the same number as in `GET /v1/events/{id}`. */
const MAX_DELIVERIES = 100;

/** What a request may ask for after its event was accepted. */
@Injectable()
export class FollowupRepository {
  constructor(@InjectDatabase('followup') private readonly database: Database) {}

  /** The state of those events that are settled, and of those that are `last`, by their UUIDs. */
  async settled(asked: readonly { readonly id: string; readonly last: boolean }[]): Promise<Map<string, EventState>> {
    const rows = await findSettled.run({ ids: asked.map(({ id }) => id), last: asked.map(({ last }) => last), most: MAX_DELIVERIES }, this.database);
    return new Map([...Map.groupBy(rows, ({ id }) => id)].map(([id, [first, ...others]]) => [id, stateOf([first, ...others].filter((row) => row !== undefined))]));
  }

  /** Those of a tenant's events that have dead deliveries. */
  async withDeadDeliveries(tenant: string, events: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await findDeadEvents.run({ tenant, events: [...events], ...idBounds(events) }, this.database);
    return new Set(rows.map(({ event }) => event));
  }

  /** Has the event's dead deliveries replayed. @returns whether this call did it */
  async requeue({ tenant, actor, ...principal }: Principal, event: string): Promise<boolean> {
    const id = mintId();
    const by = auditedBy({ tenant, actor, ...principal });
    const rows = await requeueEvent.run({ id, event, tenant, actor: actor.id, by, subject: toPublicId('evt', event), replay: toPublicId('rpl', id) }, this.database);
    return rows.length > 0;
  }
}

function stateOf(rows: readonly IFindSettledResult[]): EventState {
  const [first] = rows;
  return { settled: first?.settled === true, admitted: first?.admitted === true, deliveries: rows.flatMap(deliveryOf) };
}

function deliveryOf({ id: eventId, endpoint, replay, endpointId, sequence, status, attempts, nextAttemptAt, deadReason, finishedAt }: IFindSettledResult): AwaitedDelivery[] {
  if (endpoint === null || replay === null || endpointId === null || status === null || attempts === null) return [];
  return [{
    id: deliveryId({ eventId, endpoint, replay }),
    endpoint: toPublicId('ep', endpointId),
    sequence,
    status,
    attemptCount: attempts,
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    deadReason,
    finishedAt: finishedAt?.toISOString() ?? null,
  }];
}
