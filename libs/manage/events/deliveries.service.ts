import { Injectable } from '@nestjs/common';
import { type DeliveryKey, deliveryId, parseDeliveryId, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { type Page, pageOf, pageOfRead } from '#ground/http/pagination';
import { type AttemptRow, DeliveriesRepository, type DeliveryPlace, type DeliveryRow, type LastAttemptRow, type ListedDeliveryRow, type NewestAttemptRow } from './deliveries.repository.js';
import {
  type Attempt, attemptCursor, type AttemptQuery, type AttemptSummary, type Delivery, deliveryCursor, type DeliveryQuery, type DeliverySummary,
  eventDeliveryCursor, type EventDeliveryQuery,
} from './event.schema.js';

/** Of one event, with their attempts. */
const MAX_DELIVERIES = 100;
/** Of one delivery, in an answer about it or its event. */
const MAX_ATTEMPTS = 50;
/** Before the first delivery of an event. */
const START: DeliveryPlace = { replay: 0, endpoint: 0 };
/** Above every attempt's number. */
const NO_BOUND = 2_147_483_647;

/** Reads deliveries: in lists without their attempts, a single one and those of one event with them. */
@Injectable()
export class DeliveriesService {
  constructor(private readonly repository: DeliveriesRepository) {}

  /** Newest event first. */
  async list(tenant: string, { endpoint, entity, status, from, to, cursor, limit }: DeliveryQuery): Promise<Page<DeliverySummary>> {
    const filter = { tenant, endpointId: endpointIdOf(endpoint), entity, status, from, to };
    return this.pageOf(await this.repository.list(filter, deliveryKeyIn(cursor), limit + 1), limit);
  }

  /** Makes a page, newest event first. @param rows read with `limit + 1` */
  async pageOf(rows: readonly ListedDeliveryRow[], limit: number): Promise<Page<DeliverySummary>> {
    const page = pageOfRead(rows, limit, deliveryCursor, ({ eventId, endpoint, replay }) => [eventId, endpoint, replay]);
    return { ...page, data: await this.summariesOf(page.data) };
  }

  /** The deliveries of one event, which must belong to the tenant, in the order of routing, then replays. */
  async listOfEvent(tenant: string, event: string, { cursor, limit }: EventDeliveryQuery): Promise<Page<DeliverySummary>> {
    const place = cursor === undefined ? START : { replay: cursor[0], endpoint: cursor[1] };
    const page = pageOf(await this.repository.ofEvent(tenant, event, place, limit + 1), limit, eventDeliveryCursor, ({ replay, endpoint }) => [replay, endpoint]);
    return { ...page, data: await this.summariesOf(page.data) };
  }

  /** The first deliveries of one event, which must belong to the tenant, with their attempts. */
  async ofEvent(tenant: string, event: string): Promise<{ deliveries: Delivery[]; deliveriesCursor?: string }> {
    const rows = await this.repository.ofEvent(tenant, event, START, MAX_DELIVERIES + 1);
    const { data, nextCursor } = pageOf(rows, MAX_DELIVERIES, eventDeliveryCursor, ({ replay, endpoint }) => [replay, endpoint]);
    return { deliveries: await this.withAttempts(data), ...(nextCursor === null ? {} : { deliveriesCursor: nextCursor }) };
  }

  /** @throws LockstepError not_found */
  async get(tenant: string, id: string): Promise<Delivery> {
    const [delivery] = await this.withAttempts([await this.find(tenant, id)]);
    if (delivery === undefined) throw notFound(id);
    return delivery;
  }

  /** Newest first. A page ends early when the response bodies have 1 MiB. @throws LockstepError not_found */
  async listAttempts(tenant: string, id: string, { cursor, limit }: AttemptQuery): Promise<Page<Attempt>> {
    const { eventId, endpoint, replay } = await this.find(tenant, id);
    const rows = await this.repository.attemptsBefore({ eventId, endpoint, replay }, cursor?.[0] ?? NO_BOUND, limit + 1);
    const page = pageOf(rows, limit, attemptCursor, ({ number }) => [number], rows.at(-1)?.followed === true || rows.length > limit);
    return { ...page, data: page.data.map(attemptOf) };
  }

  private async find(tenant: string, id: string): Promise<DeliveryRow> {
    const key = parseDeliveryId(id);
    const row = key === undefined ? undefined : await this.repository.find(tenant, key);
    if (row === undefined) throw notFound(id);
    return row;
  }

  private async summariesOf(rows: readonly DeliveryRow[]): Promise<DeliverySummary[]> {
    const attempts = await this.repository.lastAttemptsOf(rows);
    return rows.map((row) => {
      const last = attempts.get(deliveryId(row));
      return { ...deliveryOf(row), attemptCount: row.attempts, lastAttempt: last === undefined ? null : attemptSummaryOf(last) };
    });
  }

  private async withAttempts(rows: readonly DeliveryRow[]): Promise<Delivery[]> {
    const newest = await this.repository.newestAttemptsOf(rows, MAX_ATTEMPTS);
    return rows.map((row) => {
      const attempts = newest.get(deliveryId(row)) ?? [];
      const [oldest] = attempts;
      const cursor = oldest === undefined || oldest.number === 1 ? {} : { attemptsCursor: attemptCursor.encode([oldest.number]) };
      return { ...deliveryOf(row), attempts: attempts.map((attempt) => ({ ...attemptOf(attempt), ...(attempt.bodyOmitted ? { responseBodyOmitted: true as const } : {}) })), ...cursor };
    });
  }
}

function deliveryOf(row: DeliveryRow): Omit<Delivery, 'attempts'> {
  return {
    id: deliveryId(row),
    event: toPublicId('evt', row.eventId),
    type: row.type,
    entity: row.entity,
    endpoint: toPublicId('ep', row.endpointId),
    sequence: row.sequence,
    status: row.status,
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    deadReason: row.deadReason,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

function attemptSummaryOf({ number, startedAt, durationMs, statusCode, error }: LastAttemptRow | NewestAttemptRow | AttemptRow): AttemptSummary {
  return { number, startedAt: startedAt.toISOString(), durationMs, statusCode, error };
}

function attemptOf(row: NewestAttemptRow | AttemptRow): Attempt {
  return { ...attemptSummaryOf(row), responseBody: row.responseBody?.toString('utf8') ?? null };
}

function notFound(id: string): LockstepError {
  return new LockstepError('not_found', `There is no delivery ${id}`);
}

/** The key in a cursor of deliveries, newest event first. */
export function deliveryKeyIn(cursor: DeliveryQuery['cursor']): DeliveryKey | undefined {
  return cursor === undefined ? undefined : { eventId: cursor[0], endpoint: cursor[1], replay: cursor[2] };
}

/** The UUID of an endpoint's id, which the query's schema has checked. */
export function endpointIdOf(endpoint: string | undefined): string | undefined {
  return endpoint === undefined ? undefined : parsePublicId('ep', endpoint);
}
