import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { deliveryId, type DeliveryKey, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { decodeCursor, type Page, pageOf as pageOfRows } from '#ground/http/pagination';
import { DeliveriesRepository, type DeliveryRow } from './deliveries.repository.js';
import type { Delivery, DeliveryQuery } from './event.schema.js';

const cursorShape = z.tuple([z.uuid(), z.int(), z.int()]);

@Injectable()
export class DeliveriesService {
  constructor(private readonly repository: DeliveriesRepository) {}

  /** Newest event first. @throws LockstepError invalid_request for an invalid cursor or endpoint id */
  async list(tenant: string, { endpoint, entity, status, limit, cursor }: DeliveryQuery): Promise<Page<Delivery>> {
    return this.pageOf(await this.repository.list({ tenant, endpointId: endpointIdOf(endpoint), entity, status }, deliveryKeyIn(cursor), limit + 1), limit);
  }

  /** Makes a page of deliveries with their attempts. @param rows read with `limit + 1` */
  async pageOf(rows: readonly DeliveryRow[], limit: number): Promise<Page<Delivery>> {
    const page = pageOfRows(rows, limit, (row) => [row.eventId, row.endpoint, row.replay]);
    return { ...page, data: await this.withAttempts(page.data) };
  }

  /** All deliveries of one event, which must belong to the tenant. */
  async ofEvent(tenant: string, event: string): Promise<Delivery[]> {
    return this.withAttempts(await this.repository.ofEvent(tenant, event));
  }

  private async withAttempts(rows: readonly DeliveryRow[]): Promise<Delivery[]> {
    const attempts = await this.repository.attemptsOf(rows);
    return rows.map((row) => {
      const id = deliveryId(row);
      return {
        id,
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
        attempts: (attempts.get(id) ?? []).map(({ number, startedAt, durationMs, statusCode, error, responseBody }) => ({
          number,
          startedAt: startedAt.toISOString(),
          durationMs,
          statusCode,
          error,
          responseBody: responseBody?.toString('utf8') ?? null,
        })),
      };
    });
  }
}

/** @throws LockstepError invalid_request */
export function deliveryKeyIn(cursor: string | undefined): DeliveryKey | undefined {
  const key = decodeCursor(cursor, cursorShape);
  return key === undefined ? undefined : { eventId: key[0], endpoint: key[1], replay: key[2] };
}

/** The UUID of a query's `endpoint`. @throws LockstepError invalid_request */
export function endpointIdOf(endpoint: string | undefined): string | undefined {
  if (endpoint === undefined) return undefined;
  const uuid = parsePublicId('ep', endpoint);
  if (uuid !== undefined) return uuid;
  throw new LockstepError('invalid_request', 'endpoint must be an id such as ep_0199…', { errors: [{ path: 'endpoint', message: 'must be an id such as ep_0199…' }] });
}
