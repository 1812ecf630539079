import { Injectable } from '@nestjs/common';
import type { EventAttributes } from '#domain/event-attributes';
import type { AdmittedDelivery } from '#flow/lanes/admitted-delivery';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { findOpenCatchUps, type IFindOpenCatchUpsResult } from './find-open-catch-ups.queries.js';
import { type IStepCatchUpResult, stepCatchUp } from './step-catch-up.queries.js';

/** An endpoint's catch-up on one shard. */
export type OpenCatchUp = IFindOpenCatchUpsResult;

/** How much one step may do. */
export interface StepLimits {
  /** Events that it looks at. */
  readonly scanned: number;
  /** Deliveries that it makes. */
  readonly changed: number;
}

export type CatchUpStep =
  | { readonly kind: 'fenced' }
  /** The catch-up stands elsewhere, or has ended: a step from this position can never be committed any more. */
  | { readonly kind: 'stale' }
  | {
      readonly kind: 'stepped';
      /** Everything up to here was looked at. */
      readonly position: number;
      /** Events that it has passed. */
      readonly passed: number;
      /** The shard has caught up: admission routes to the endpoint from now on. */
      readonly finished: boolean;
      readonly deliveries: readonly AdmittedDelivery[];
      /** Events that the endpoint does not get because of its filter. */
      readonly filtered: number;
      /** The endpoint's version, as the statement saw it; undefined without deliveries. */
      readonly endpointVersion: number | undefined;
    };

/** Catch-ups in Postgres. */
@Injectable()
export class CatchUpsRepository {
  constructor(@InjectDatabase('catch-up') private readonly database: Database) {}

  /** Catch-ups that have not ended on these shards, tenants in turn. */
  find(shards: readonly number[]): Promise<OpenCatchUp[]> {
    return findOpenCatchUps.run({ shards: [...shards] }, this.database);
  }

  /**
   * Takes the next step from the position given, or none if the catch-up stands elsewhere. To be called in the shard's turn.
   * @throws what Postgres throws; a conflict when the shard has changed in the meantime
   */
  async step(catchUp: OpenCatchUp, epoch: number, limits: StepLimits): Promise<CatchUpStep> {
    const rows = await stepCatchUp.run({ ...catchUp, ...limits, epoch }, this.database);
    const [first] = rows;
    if (first?.held !== true) return { kind: 'fenced' };
    if (first.position === null) return { kind: 'stale' };
    return {
      kind: 'stepped', position: first.position, finished: first.finished === true, passed: first.passed ?? 0, filtered: first.filtered,
      deliveries: rows.flatMap((row) => deliveryOf(catchUp.endpoint, row)), endpointVersion: first.endpointVersion ?? undefined,
    };
  }
}

function deliveryOf(endpoint: number, row: IStepCatchUpResult): AdmittedDelivery[] {
  const { eventId, tenant, entity, type, source, contentType, traceparent, attributes, lane, sequence } = row;
  // A step without deliveries has one row without an event.
  if (eventId === null || tenant === null || entity === null || type === null || contentType === null) return [];
  const place = lane === null || sequence === null ? undefined : {
    lane, sequence, closedSequence: row.closedSequence ?? 0, deliveredSequence: row.deliveredSequence ?? 0, replays: row.replays ?? 0,
    paused: row.paused === true, halted: row.halted === true,
  };
  return [{ eventId, endpoint, tenant, entity, type, source, contentType, traceparent, attributes: attributes as EventAttributes | null, place }];
}
