import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { mintId, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { type Page, pageOf } from '#ground/http/pagination';
import { auditedBy, type Principal } from '#ground/http/principal';
import { SecretBox } from '#ground/secrets/secret-box';
import { AddressPolicy } from '#ground/network/address-policy';
import {
  type CreatedEndpoint, type Endpoint, type EndpointChange, endpointCursor, type EndpointQuery, type NewEndpoint, scheduleFromMs, scheduleToMs,
} from './endpoint.schema.js';
import { type EndpointRow, EndpointsRepository, MAX_ENDPOINTS } from './endpoints.repository.js';
import { headersContext, secretContext } from '#ground/secrets/secret-contexts';

/** Standard Webhooks: 24 to 64 bytes. */
const SECRET_BYTES = 32;

/** Manages endpoints. Every method throws not_found for a deleted endpoint, and for one of another tenant. */
@Injectable()
export class EndpointsService {
  constructor(
    private readonly repository: EndpointsRepository,
    private readonly secrets: SecretBox,
    private readonly addresses: AddressPolicy,
  ) {}

  /** @throws LockstepError destination_not_allowed, conflict */
  async create(principal: Principal, settings: NewEndpoint): Promise<CreatedEndpoint> {
    await this.checkDestination(settings.url);
    const { tenant } = principal;
    const publicId = mintId();
    const id = toPublicId('ep', publicId);
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
    const { retrySchedule, headers, metadata, ...rest } = settings;
    const isCreated = await this.repository.create({
      ...rest,
      by: auditedBy(principal),
      subject: id,
      publicId,
      tenant,
      retryScheduleMs: retrySchedule === null ? null : scheduleToMs(retrySchedule),
      headersCiphertext: this.sealHeaders(headers, publicId),
      metadata: JSON.stringify(metadata),
      secretCiphertext: this.secrets.seal(secret, secretContext(publicId)),
    });
    if (!isCreated) {
      throw new LockstepError('conflict', `The tenant has ${MAX_ENDPOINTS} endpoints, which is the limit: delete endpoints that are no longer used, or use another tenant`);
    }
    return { ...(await this.get(tenant, id)), secret };
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

  /** @throws LockstepError destination_not_allowed */
  async change(principal: Principal, id: string, changes: EndpointChange): Promise<Endpoint> {
    const { tenant } = principal;
    const publicId = knownUuidOf(id);
    if (changes.url !== undefined) await this.checkDestination(changes.url);
    const { url, description, eventTypes, dlqPolicy, retrySchedule, timeoutMs, maxConcurrency, maxRetryAfterSeconds, rateLimit, headers, metadata } = changes;
    await this.repository.change({
      by: auditedBy(principal), subject: id, settings: Object.keys(changes),
      publicId, tenant, url, description, eventTypes, dlqPolicy, timeoutMs, maxConcurrency, maxRetryAfterSeconds, rateLimit,
      setsRetrySchedule: retrySchedule !== undefined,
      retryScheduleMs: retrySchedule === undefined || retrySchedule === null ? null : scheduleToMs(retrySchedule),
      setsRateLimit: rateLimit !== undefined,
      setsHeaders: headers !== undefined,
      headersCiphertext: headers === undefined ? null : this.sealHeaders(headers, publicId),
      metadata: metadata === undefined ? undefined : JSON.stringify(metadata),
    });
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

  private async checkDestination(url: string): Promise<void> {
    const reason = await this.addresses.checkUrl(new URL(url));
    if (reason !== undefined) throw new LockstepError('destination_not_allowed', reason, { errors: [{ path: '/url', message: reason }] });
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
      ordering: row.ordering,
      dlqPolicy: row.dlqPolicy,
      retrySchedule: scheduleFromMs(row.retryScheduleMs),
      timeoutMs: row.timeoutMs,
      maxConcurrency: row.maxConcurrency,
      maxRetryAfterSeconds: row.maxRetryAfterSeconds,
      rateLimit: row.rateLimit,
      headers: headersCiphertext === null ? {} : (JSON.parse(this.secrets.open(headersCiphertext, headersContext(publicId))) as Record<string, string>),
      metadata: row.metadata as Record<string, unknown>,
      status: row.status,
      statusReason: row.statusReason,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  }
}

function uuidOf(id: string): string | undefined {
  return parsePublicId('ep', id);
}

function knownUuidOf(id: string): string {
  const uuid = uuidOf(id);
  if (uuid === undefined) throw notFound(id);
  return uuid;
}

function notFound(id: string): LockstepError {
  return new LockstepError('not_found', `There is no endpoint ${id}`);
}
