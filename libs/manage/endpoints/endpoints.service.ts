import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { mintId, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { type Page, pageOf } from '#ground/http/pagination';
import { auditedBy, type Principal } from '#ground/http/principal';
import { SecretBox } from '#ground/secrets/secret-box';
import { AddressPolicy } from '#ground/network/address-policy';
import {
  type CreatedEndpoint, type Endpoint, type EndpointChange, endpointCursor, type EndpointQuery, type NewEndpoint, newEndpointSchema, scheduleFromMs, scheduleToMs,
} from './endpoint.schema.js';
import { EndpointFilters } from './endpoint-filters.js';
import { catchUpOf } from './catch-up.schema.js';
import { EndpointStart } from './endpoint-start.js';
import { type EndpointRow, EndpointsRepository, MAX_ENDPOINTS } from './endpoints.repository.js';
import { headersContext, secretContext } from '#ground/secrets/secret-contexts';

/** Standard Webhooks: 24 to 64 bytes. */
const SECRET_BYTES = 32;

/** The source that an endpoint is made for. */
export interface DestinationSource {
  /** The narrow key. */
  readonly id: number;
  readonly name: string;
}

/** Manages endpoints. Every method throws not_found for a deleted endpoint, and for one of another tenant. */
@Injectable()
export class EndpointsService {
  constructor(
    private readonly repository: EndpointsRepository,
    private readonly secrets: SecretBox,
    private readonly addresses: AddressPolicy,
    private readonly filters: EndpointFilters,
    private readonly start: EndpointStart,
  ) {}

  /** @throws LockstepError destination_not_allowed; conflict; invalid_request for the filter */
  async create(principal: Principal, settings: NewEndpoint): Promise<CreatedEndpoint> {
    await this.checkDestination(new URL(settings.url));
    const { id, key, secret } = await this.insert(principal, settings);
    if (key === undefined) throw tooMany();
    return { ...(await this.get(principal.tenant, id)), secret };
  }

  /**
   * The key of the endpoint for the URL of events that name it: the tenant's oldest with this very URL, in any status; else one
   * that is made for their source, once however many requests ask at the same time.
   * @param principal of the source
   * @throws LockstepError conflict
   */
  async destination(principal: Principal, source: DestinationSource, url: string): Promise<number> {
    const { tenant } = principal;
    const find = (): Promise<number | undefined> => this.repository.findByUrl(tenant, url);
    const create = async (): Promise<number | undefined> => {
      const description = `Made for a destination of the source ${source.name}`;
      return (await this.insert(principal, { ...newEndpointSchema.parse({ url, description }), eventTypes: [] }, source.id)).key;
    };
    // The second look finds the one that another request has made meanwhile.
    const key = (await find()) ?? (await create()) ?? (await find());
    if (key === undefined) throw tooMany();
    return key;
  }

  private async insert(principal: Principal, settings: NewEndpoint, destinationOf?: number): Promise<{ id: string; key: number | undefined; secret: string }> {
    const { tenant } = principal;
    const publicId = mintId();
    const id = toPublicId('ep', publicId);
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
    const { retrySchedule, headers, metadata, startAt, ...rest } = settings;
    const key = await this.repository.create({
      ...rest,
      filterPasses: await this.filters.passesOf(settings.filter),
      destinationOf,
      startAt: await this.start.of(tenant, startAt),
      by: auditedBy(principal),
      subject: id,
      publicId,
      tenant,
      retryScheduleMs: retrySchedule === null ? null : scheduleToMs(retrySchedule),
      headersCiphertext: this.sealHeaders(headers, publicId),
      metadata: JSON.stringify(metadata),
      secretCiphertext: this.secrets.seal(secret, secretContext(publicId)),
    });
    return { id, key, secret };
  }

  async list(tenant: string, { limit, cursor }: EndpointQuery): Promise<Page<Endpoint>> {
    const rows = await this.repository.list(tenant, cursor?.[0], limit + 1);
    const page = pageOf(rows, limit, endpointCursor, ({ id }) => [id], rows.at(-1)?.followed === true || rows.length > limit);
    return { ...page, data: page.data.map((row) => this.resourceOf(row)) };
  }

  async get(tenant: string, id: string): Promise<Endpoint> {
    const publicId = uuidOf(id);
    const row = publicId === undefined ? undefined : await this.repository.find(tenant, publicId);
    if (row === undefined) throw notFound(id);
    return this.resourceOf(row);
  }

  /** @throws LockstepError destination_not_allowed; conflict; invalid_request for the filter, and for event types or a filter of an endpoint that was made for a destination */
  async change(principal: Principal, id: string, changes: EndpointChange): Promise<Endpoint> {
    const { tenant } = principal;
    const publicId = knownUuidOf(id);
    const selecting = (['eventTypes', 'filter'] as const).find((name) => changes[name] !== undefined);
    if (selecting !== undefined && (await this.get(tenant, id)).source !== null) throw notSelectable(selecting);
    if (changes.url !== undefined) await this.checkDestination(new URL(changes.url));
    const { url, description, eventTypes, filter, dlqPolicy, retrySchedule, timeoutMs, maxConcurrency, maxRetryAfterSeconds, rateLimit, headers, metadata } = changes;
    const isChanged = await this.repository.change({
      by: auditedBy(principal), subject: id, settings: Object.keys(changes),
      publicId, tenant, url, description, eventTypes, dlqPolicy, timeoutMs, maxConcurrency, maxRetryAfterSeconds, rateLimit,
      setsRetrySchedule: retrySchedule !== undefined,
      retryScheduleMs: retrySchedule === undefined || retrySchedule === null ? null : scheduleToMs(retrySchedule),
      setsRateLimit: rateLimit !== undefined,
      setsFilter: filter !== undefined,
      filter,
      filterPasses: await this.filters.passesOf(filter ?? null),
      setsHeaders: headers !== undefined,
      headersCiphertext: headers === undefined ? null : this.sealHeaders(headers, publicId),
      metadata: metadata === undefined ? undefined : JSON.stringify(metadata),
    });
    if (!isChanged) throw new LockstepError('conflict', 'The source of this endpoint has another one with this URL: delete that one first, or leave the URL as it is');
    return this.get(tenant, id);
  }

  /** Its events still become deliveries, which wait. */
  async pause(principal: Principal, id: string): Promise<Endpoint> {
    return this.setStatus(principal, id, 'paused', 'Paused by an operator');
  }

  /** Makes a paused or disabled endpoint active. */
  async resume(principal: Principal, id: string): Promise<Endpoint> {
    return this.setStatus(principal, id, 'active', null);
  }

  /** It gets no further events. Its pending deliveries are discarded, which is audited. */
  async delete(principal: Principal, id: string): Promise<void> {
    const isDeleted = await this.repository.delete({ tenant: principal.tenant, publicId: knownUuidOf(id), by: auditedBy(principal), subject: id });
    if (!isDeleted) throw notFound(id);
  }

  private async setStatus(principal: Principal, id: string, status: 'active' | 'paused', reason: string | null): Promise<Endpoint> {
    await this.repository.setStatus({ tenant: principal.tenant, publicId: knownUuidOf(id), status, reason, by: auditedBy(principal), subject: id });
    return this.get(principal.tenant, id);
  }

  /**
   * @param path of the URL, for the error
   * @throws LockstepError destination_not_allowed, by the address policy
   */
  async checkDestination(url: URL, path = '/url'): Promise<void> {
    const reason = await this.addresses.checkUrl(url);
    if (reason !== undefined) throw new LockstepError('destination_not_allowed', reason, { errors: [{ path, message: reason }] });
  }

  private sealHeaders(headers: Readonly<Record<string, string>>, publicId: string): Buffer | null {
    return Object.keys(headers).length === 0 ? null : this.secrets.seal(JSON.stringify(headers), headersContext(publicId));
  }

  private resourceOf(row: EndpointRow): Endpoint {
    const { publicId, headersCiphertext } = row;
    return {
      id: toPublicId('ep', publicId),
      url: row.url,
      description: row.description,
      eventTypes: row.eventTypes,
      filter: row.filter,
      ordering: row.ordering,
      dlqPolicy: row.dlqPolicy,
      retrySchedule: scheduleFromMs(row.retryScheduleMs),
      timeoutMs: row.timeoutMs,
      maxConcurrency: row.maxConcurrency,
      maxRetryAfterSeconds: row.maxRetryAfterSeconds,
      rateLimit: row.rateLimit,
      headers: headersCiphertext === null ? {} : (JSON.parse(this.secrets.open(headersCiphertext, headersContext(publicId))) as Record<string, string>),
      metadata: row.metadata as Record<string, unknown>,
      source: row.source === null ? null : toPublicId('src', row.source),
      status: row.status,
      statusReason: row.statusReason,
      catchUp: catchUpOf(row.catchUp),
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  }
}

function tooMany(): LockstepError {
  return new LockstepError('conflict', `The tenant has ${MAX_ENDPOINTS} endpoints, which is the limit: delete endpoints that are no longer used, or use another tenant`);
}

function uuidOf(id: string): string | undefined {
  return parsePublicId('ep', id);
}

function knownUuidOf(id: string): string {
  const uuid = uuidOf(id);
  if (uuid === undefined) throw notFound(id);
  return uuid;
}

function notSelectable(setting: 'eventTypes' | 'filter'): LockstepError {
  const message = 'the endpoint was made for a destination, and gets those events only that name it: create another endpoint';
  return new LockstepError('invalid_request', `/${setting} ${message}`, { errors: [{ path: `/${setting}`, message }] });
}

function notFound(id: string): LockstepError {
  return new LockstepError('not_found', `There is no endpoint ${id}`);
}
