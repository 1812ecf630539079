import { z } from 'zod';
import { deliveryId, type DeliveryKey, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { decodeCursor, type Page, pageOf } from '#ground/http/pagination';
import type { DeliveriesRepository, DeliveryRow } from './deliveries.repository.js';
import type { DeadLetterQuery, Delivery, DeliveryQuery } from './event.schema.js';

const cursorShape = z.tuple([z.uuid(), z.int(), z.int()]);

export class DeliveriesService {
  constructor(private readonly repository: DeliveriesRepository) {}

  /** Newest event first. @throws LockstepError invalid_request for a cursor or endpoint id that is none */
  async list(tenant: string, { endpoint, entity, status, limit, cursor }: DeliveryQuery): Promise<Page<Delivery>> {
    return this.page(await this.repository.list({ tenant, endpointId: endpointIdOf(endpoint), entity, status }, keyIn(cursor), limit + 1), limit);
  }

  /** Dead letters, newest event first. @throws LockstepError invalid_request for a cursor or endpoint id that is none */
  async listDead(tenant: string, { endpoint, entity, type, from, to, limit, cursor }: DeadLetterQuery): Promise<Page<Delivery>> {
    return this.page(await this.repository.listDead({ tenant, endpointId: endpointIdOf(endpoint), entity, type, from, to }, keyIn(cursor), limit + 1), limit);
  }

  private async page(rows: readonly DeliveryRow[], limit: number): Promise<Page<Delivery>> {
    const page = pageOf(rows, limit, (row) => [row.eventId, row.endpoint, row.replay]);
    return { ...page, data: await this.withAttempts(page.data) };
  }

  /** All of one event, which must be the tenant's. */
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

function keyIn(cursor: string | undefined): DeliveryKey | undefined {
  const key = decodeCursor(cursor, cursorShape);
  return key === undefined ? undefined : { eventId: key[0], endpoint: key[1], replay: key[2] };
}

function endpointIdOf(endpoint: string | undefined): string | undefined {
  if (endpoint === undefined) return undefined;
  const uuid = parsePublicId('ep', endpoint);
  if (uuid !== undefined) return uuid;
  throw new LockstepError('invalid_request', 'endpoint must be an id such as ep_0199…', { errors: [{ path: 'endpoint', message: 'must be an id such as ep_0199…' }] });
}
