import { Injectable } from '@nestjs/common';
import { mintId, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { schemeOf } from '#flow/delivery/signing-secret';
import { type Page, pageOf } from '#ground/http/pagination';
import { auditedBy, type Principal } from '#ground/http/principal';
import { AddressPolicy } from '#ground/network/address-policy';
import {
  type CreatedEndpoint, type Endpoint, type EndpointChange, endpointCursor, type EndpointQuery, type NewEndpoint, newEndpointSchema, scheduleFromMs, scheduleToMs,
} from './endpoint.schema.js';
import { breakerOf, disableAfterFromMs, disableAfterToMs } from './breaker.schema.js';
import { catchUpOf } from './catch-up.schema.js';
import { EndpointCredentials } from './endpoint-credentials.js';
import { EndpointFilters } from './endpoint-filters.js';
import { endpointNotFound, endpointUuid } from './endpoint-id.js';
import { rateLimitColumnsOf, rateLimitOf } from './endpoint-rate-limit.js';
import { EndpointStart } from './endpoint-start.js';
import { type EndpointRow, EndpointsRepository, MAX_ENDPOINTS } from './endpoints.repository.js';

/** A change that meets so many others of the same endpoint is given up. */
const MAX_TRIES = 5;

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
    private readonly credentials: EndpointCredentials,
    private readonly addresses: AddressPolicy,
    private readonly filters: EndpointFilters,
    private readonly start: EndpointStart,
  ) {}

  /** @throws LockstepError destination_not_allowed; conflict; invalid_request for the filter */
  async create(principal: Principal, settings: NewEndpoint): Promise<CreatedEndpoint> {
    await this.checkDestinations(settings);
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
    const { retrySchedule, rateLimit, disableAfter, metadata, headers, auth, signature, secret: given, startAt, ...rest } = settings;
    const { secret, ...sealed } = this.credentials.ofNew(publicId, { headers, auth, signature, secret: given });
    const key = await this.repository.create({
      ...rest,
      ...rateLimitColumnsOf(rateLimit),
      filterPasses: await this.filters.passesOf(settings.filter),
      destinationOf,
      startAt: await this.start.of(tenant, startAt),
      by: auditedBy(principal),
      subject: id,
      publicId,
      tenant,
      retryScheduleMs: retrySchedule === null ? null : scheduleToMs(retrySchedule),
      disableAfterMs: disableAfter === null ? null : disableAfterToMs(disableAfter),
      metadata: JSON.stringify(metadata),
      ...sealed,
    });
    return { id, key, secret };
  }

  async list(tenant: string, { limit, cursor }: EndpointQuery): Promise<Page<Endpoint>> {
    const rows = await this.repository.list(tenant, cursor?.[0], limit + 1);
    const page = pageOf(rows, limit, endpointCursor, ({ id }) => [id], rows.at(-1)?.followed === true || rows.length > limit);
    return { ...page, data: page.data.map((row) => this.resourceOf(row)) };
  }

  async get(tenant: string, id: string): Promise<Endpoint> {
    return this.resourceOf(await this.find(tenant, id));
  }

  /** @throws LockstepError destination_not_allowed; conflict; invalid_request for the filter, and for event types or a filter of an endpoint that was made for a destination */
  async change(principal: Principal, id: string, changes: EndpointChange): Promise<Endpoint> {
    const { tenant } = principal;
    const publicId = endpointUuid(id);
    const selecting = (['eventTypes', 'filter'] as const).find((name) => changes[name] !== undefined);
    if (selecting !== undefined && (await this.get(tenant, id)).source !== null) throw notSelectable(selecting);
    await this.checkDestinations(changes);
    const { url, description, eventTypes, filter, dlqPolicy, retrySchedule, timeoutMs, maxConcurrency, maxRetryAfterSeconds, rateLimit, disableAfter, metadata } = changes;
    const filterPasses = await this.filters.passesOf(filter ?? null);
    const outcome = await this.onCurrent(tenant, id, async (row) => this.repository.change({
      by: auditedBy(principal), subject: id, settings: Object.keys(changes),
      publicId, tenant, url, description, eventTypes, dlqPolicy, timeoutMs, maxConcurrency, maxRetryAfterSeconds,
      setsRetrySchedule: retrySchedule !== undefined,
      retryScheduleMs: retrySchedule === undefined || retrySchedule === null ? null : scheduleToMs(retrySchedule),
      setsRateLimit: rateLimit !== undefined,
      ...rateLimitColumnsOf(rateLimit ?? null),
      setsDisableAfter: disableAfter !== undefined,
      disableAfterMs: disableAfter === undefined || disableAfter === null ? null : disableAfterToMs(disableAfter),
      setsFilter: filter !== undefined,
      filter,
      filterPasses,
      ...(await this.credentials.ofChanged(row, changes)),
      metadata: metadata === undefined ? undefined : JSON.stringify(metadata),
    }));
    if (outcome === 'duplicate') throw new LockstepError('conflict', 'The source of this endpoint has another one with this URL: delete that one first, or leave the URL as it is');
    return this.get(tenant, id);
  }

  /** Its events still become deliveries, which wait. @throws LockstepError conflict for a disabled one */
  async pause(principal: Principal, id: string): Promise<Endpoint> {
    const endpoint = await this.setStatus(principal, id, 'paused', 'Paused by an operator');
    if (endpoint.status !== 'disabled') return endpoint;
    throw new LockstepError('conflict', `The endpoint ${id} is disabled (${endpoint.statusReason ?? 'without a reason'}): nothing is sent to it until it is resumed, so it cannot be paused`);
  }

  /** Makes a paused or disabled endpoint active. */
  async resume(principal: Principal, id: string): Promise<Endpoint> {
    return this.setStatus(principal, id, 'active', null);
  }

  /** It gets no further events. Its pending deliveries are discarded, which is audited. */
  async delete(principal: Principal, id: string): Promise<void> {
    const isDeleted = await this.repository.delete({ tenant: principal.tenant, publicId: endpointUuid(id), by: auditedBy(principal), subject: id });
    if (!isDeleted) throw endpointNotFound(id);
  }

  private async setStatus(principal: Principal, id: string, status: 'active' | 'paused', reason: string | null): Promise<Endpoint> {
    await this.repository.setStatus({ tenant: principal.tenant, publicId: endpointUuid(id), status, reason, by: auditedBy(principal), subject: id });
    return this.get(principal.tenant, id);
  }

  /**
   * Runs `work` on the endpoint as it is, again if it returns undefined: then another change has come between.
   * @throws LockstepError not_found, conflict
   */
  async onCurrent<Result>(tenant: string, id: string, work: (row: EndpointRow) => Promise<Result | undefined>): Promise<Result> {
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const result = await work(await this.find(tenant, id));
      if (result !== undefined) return result;
    }
    throw new LockstepError('conflict', `The endpoint ${id} is being changed by others; try again`);
  }

  /** @throws LockstepError destination_not_allowed for one of the URLs to which requests go */
  private async checkDestinations({ url, auth }: Pick<EndpointChange, 'url' | 'auth'>): Promise<void> {
    if (url !== undefined) await this.checkDestination(new URL(url));
    if (auth?.type === 'oauth2') await this.checkDestination(new URL(auth.tokenUrl), '/auth/tokenUrl');
  }

  /**
   * @param path of the URL, for the error
   * @throws LockstepError destination_not_allowed, by the address policy
   */
  async checkDestination(url: URL, path = '/url'): Promise<void> {
    const reason = await this.addresses.checkUrl(url);
    if (reason !== undefined) throw new LockstepError('destination_not_allowed', reason, { errors: [{ path, message: reason }] });
  }

  private async find(tenant: string, id: string): Promise<EndpointRow> {
    const publicId = parsePublicId('ep', id);
    const row = publicId === undefined ? undefined : await this.repository.find(tenant, publicId);
    if (row === undefined) throw endpointNotFound(id);
    return row;
  }

  private resourceOf(row: EndpointRow): Endpoint {
    return {
      id: toPublicId('ep', row.publicId),
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
      rateLimit: rateLimitOf(row),
      disableAfter: disableAfterFromMs(row.disableAfterMs),
      headers: this.credentials.headers(row),
      auth: this.credentials.shownAuth(row),
      signature: schemeOf(row.publicKey),
      publicKey: row.publicKey,
      metadata: row.metadata as Record<string, unknown>,
      source: row.source === null ? null : toPublicId('src', row.source),
      status: row.status,
      statusReason: row.statusReason,
      breaker: breakerOf(row),
      catchUp: catchUpOf(row.catchUp),
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  }
}

function tooMany(): LockstepError {
  return new LockstepError('conflict', `The tenant has ${MAX_ENDPOINTS} endpoints, which is the limit: delete endpoints that are no longer used, or use another tenant`);
}

function notSelectable(setting: 'eventTypes' | 'filter'): LockstepError {
  const message = 'the endpoint was made for a destination, and gets those events only that name it: create another endpoint';
  return new LockstepError('invalid_request', `/${setting} ${message}`, { errors: [{ path: `/${setting}`, message }] });
}
