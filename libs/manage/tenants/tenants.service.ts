import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import { isTenantId } from '#domain/tenant';
import { type Page, pageOf } from '#ground/http/pagination';
import { auditedBy, type Principal } from '#ground/http/principal';
import { ingestRateLimitOf } from '#manage/ingest-rate-limit';
import { type Tenant, tenantCursor, tenantIdSchema, type TenantQuery, type TenantSettings } from './tenant.schema.js';
import { type TenantRow, TenantsRepository } from './tenants.repository.js';

/** Manages tenants. Admins see all of them, everyone else only their own. */
@Injectable()
export class TenantsService {
  constructor(private readonly repository: TenantsRepository) {}

  /** Creates the tenant, or changes the settings that are given. @throws LockstepError invalid_request for a bad id */
  async put(principal: Principal, id: string, settings: TenantSettings): Promise<{ readonly tenant: Tenant; readonly isCreated: boolean }> {
    if (!isTenantId(id)) throw badId(id);
    const { name, metadata, status, ingestRateLimit, unknownEventTypes } = settings;
    const { isCreated, ...row } = await this.repository.put({
      by: auditedBy(principal), settings: Object.keys(settings),
      id, name,
      metadata: metadata === undefined ? undefined : JSON.stringify(metadata),
      enabled: status === undefined ? undefined : status === 'active',
      setsRateLimit: ingestRateLimit !== undefined,
      perSecond: ingestRateLimit?.perSecond,
      burst: ingestRateLimit?.burst,
      refusesUnknownTypes: unknownEventTypes === undefined ? undefined : unknownEventTypes === 'reject',
    });
    return { tenant: resourceOf(row), isCreated };
  }

  async list({ tenant, scopes }: Principal, { limit, cursor }: TenantQuery): Promise<Page<Tenant>> {
    if (!scopes.has('admin')) return this.listOwn(tenant, cursor?.[0]);
    const rows = await this.repository.list(tenant, cursor?.[0], limit + 1);
    const page = pageOf(rows, limit, tenantCursor, ({ number }) => [number], rows.at(-1)?.followed === true || rows.length > limit);
    return { ...page, data: page.data.map(resourceOf) };
  }

  /** @throws LockstepError not_found, also for a tenant that the principal may not see */
  async get({ tenant, scopes }: Principal, id: string): Promise<Tenant> {
    const row = isTenantId(id) && (id === tenant || scopes.has('admin')) ? await this.repository.find(id) : undefined;
    if (row === undefined) throw new LockstepError('not_found', `There is no tenant ${id}`);
    return resourceOf(row);
  }

  private async listOwn(tenant: string, before = Infinity): Promise<Page<Tenant>> {
    const own = await this.repository.find(tenant);
    return { data: own === undefined || own.number >= before ? [] : [resourceOf(own)], nextCursor: null };
  }
}

function badId(id: string): LockstepError {
  const message = tenantIdSchema.safeParse(id).error?.issues[0]?.message ?? '';
  return new LockstepError('invalid_request', `The id ${message}`, { errors: [{ path: 'id', message }] });
}

function resourceOf(row: TenantRow): Tenant {
  return {
    id: row.id,
    name: row.name,
    metadata: row.metadata as Record<string, unknown>,
    status: row.enabled ? 'active' : 'disabled',
    ingestRateLimit: ingestRateLimitOf(row.perSecond, row.burst),
    unknownEventTypes: row.refusesUnknownTypes ? 'reject' : 'accept',
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
