import { Injectable } from '@nestjs/common';
import { mintApiKey } from '#domain/api-key';
import { parseDurationMs } from '#domain/duration';
import { mintId, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { type Page, pageOf } from '#ground/http/pagination';
import { auditedBy, type Principal, type Scope } from '#ground/http/principal';
import { ingestRateLimitOf } from '#manage/ingest-rate-limit';
import { type ApiKey, type ApiKeyChange, apiKeyCursor, type ApiKeyQuery, type NewApiKey, type Rotation, type ShownApiKey } from './api-key.schema.js';
import { type ApiKeyRow, ApiKeysRepository, type HeldGrantRow, type KeyView, MAX_API_KEYS } from './api-keys.repository.js';
import { excessOf, type KeyGrant } from './key-grant.js';

/** Who asks, and whether they named a tenant. */
export interface KeysRequest {
  readonly principal: Principal;
  /** From `Lockstep-Tenant`. */
  readonly namesTenant: boolean;
}

/** A change that meets so many others of the same key is given up. */
const MAX_ATTEMPTS = 5;

/**
 * Manages API keys. An admin that names no tenant sees the keys of all of them; everyone else sees their own tenant's, and
 * those with the scope `admin` only as an admin. Every method throws not_found for a key that the principal does not see.
 *
 * Nobody hands out more than they have: a key whose scopes, expiry or limit exceed the giver's own is refused, also when
 * a change or a rotation would hand it out. What is judged is what is changed, by its version. After a rotation, a former
 * secret has nothing beyond its own end, and cannot change or rotate its own key: whoever holds the new one keeps the key.
 */
@Injectable()
export class ApiKeysService {
  constructor(private readonly repository: ApiKeysRepository) {}

  /** @throws LockstepError forbidden, invalid_request for an unknown tenant, conflict */
  async create({ principal, namesTenant }: KeysRequest, settings: NewApiKey): Promise<ShownApiKey> {
    const tenant = settings.tenant ?? principal.tenant;
    if (tenant !== principal.tenant && (!isAdmin(principal) || namesTenant)) {
      const message = 'must be left out, or be the tenant that the request acts on';
      throw new LockstepError('forbidden', `tenant ${message}`, { errors: [{ path: '/tenant', message }] });
    }
    mustNotExceed(settings, await this.heldBy(principal));
    const publicId = mintId();
    const id = toPublicId('key', publicId);
    const { key, prefix, hash } = mintApiKey();
    const { name, scopes, expiresAt, ingestRateLimit, duplicates, resubmit } = settings;
    const { hasTenant, isCreated } = await this.repository.create({
      by: auditedBy(principal), subject: id,
      publicId, tenant, name, prefix, hash, scopes: unique(scopes), expiresAt, ...columnsOf(ingestRateLimit), duplicates, resubmit,
    });
    if (!hasTenant) {
      const message = `there is no tenant "${tenant}"`;
      throw new LockstepError('invalid_request', `tenant: ${message}`, { errors: [{ path: '/tenant', message }] });
    }
    if (!isCreated) throw new LockstepError('conflict', `The tenant has ${MAX_API_KEYS} API keys, which is the limit: delete keys that are no longer used`);
    return { ...resourceOf(await this.find({ tenant, seesAdminKeys: true }, id)), key };
  }

  async list({ principal, namesTenant }: KeysRequest, { limit, cursor }: ApiKeyQuery): Promise<Page<ApiKey>> {
    const rows = await this.repository.list(principal.tenant, viewOf({ principal, namesTenant }), cursor?.[0], limit + 1);
    const page = pageOf(rows, limit, apiKeyCursor, ({ id }) => [id]);
    return { ...page, data: page.data.map(resourceOf) };
  }

  async get(request: KeysRequest, id: string): Promise<ApiKey> {
    return resourceOf(await this.find(viewOf(request), id));
  }

  /** @throws LockstepError forbidden, conflict */
  async change(request: KeysRequest, id: string, changes: ApiKeyChange): Promise<ApiKey> {
    const { name, scopes, expiresAt, ingestRateLimit, duplicates, resubmit } = changes;
    const changesGrant = scopes !== undefined || expiresAt !== undefined || ingestRateLimit !== undefined;
    await this.onCurrent(request, id, async (row) => {
      await this.mustNotBeFormer(request.principal, id);
      const held = grantOf(row);
      if (changesGrant) mustNotExceed({ scopes: scopes ?? held.scopes, expiresAt: orElse(expiresAt, held.expiresAt), ingestRateLimit: orElse(ingestRateLimit, held.ingestRateLimit) }, await this.heldBy(request.principal));
      return this.repository.change({
        by: auditedBy(request.principal), subject: id, settings: Object.keys(changes), id: row.id, version: row.version,
        name, scopes: scopes === undefined ? undefined : unique(scopes),
        setsExpiresAt: expiresAt !== undefined, expiresAt,
        setsRateLimit: ingestRateLimit !== undefined, ...columnsOf(ingestRateLimit ?? null),
        duplicates, resubmit,
      });
    });
    return this.get(request, id);
  }

  /** @throws LockstepError forbidden, conflict */
  async rotate(request: KeysRequest, id: string, { overlap }: Rotation): Promise<ShownApiKey> {
    const { key, prefix, hash } = mintApiKey();
    await this.onCurrent(request, id, async (row) => {
      await this.mustNotBeFormer(request.principal, id);
      mustNotExceed(grantOf(row), await this.heldBy(request.principal));
      return this.repository.rotate({ by: auditedBy(request.principal), subject: id, id: row.id, version: row.version, prefix, hash, overlapMs: parseDurationMs(overlap) ?? 0 });
    });
    return { ...(await this.get(request, id)), key };
  }

  /** Refused at every gateway within a second. */
  async revoke(request: KeysRequest, id: string): Promise<void> {
    if (!(await this.repository.revoke({ ...viewOf(request), by: auditedBy(request.principal), subject: id, publicId: uuidOf(id) }))) throw notFound(id);
  }

  /** Runs `work` on the key as it is, again if another change has come between. `work` returns whether it has changed it. */
  private async onCurrent(request: KeysRequest, id: string, work: (row: ApiKeyRow) => Promise<boolean>): Promise<void> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      if (await work(await this.find(viewOf(request), id))) return;
    }
    throw new LockstepError('conflict', `The API key ${id} is being changed by others; try again`);
  }

  private async find(view: KeyView, id: string): Promise<ApiKeyRow> {
    const row = await this.repository.find({ ...view, publicId: uuidOf(id) });
    if (row === undefined) throw notFound(id);
    return row;
  }

  /** What the request's own secret allows now. Undefined: everything. @throws LockstepError unauthenticated */
  private async heldBy(principal: Principal): Promise<KeyGrant | undefined> {
    const held = await this.heldRowOf(principal);
    return held === undefined ? undefined : grantOf(held);
  }

  /** @throws LockstepError forbidden for a former secret of this key; unauthenticated */
  private async mustNotBeFormer(principal: Principal, id: string): Promise<void> {
    if (principal.actor.id !== id) return;
    if ((await this.heldRowOf(principal))?.isFormer === true) throw new LockstepError('forbidden', 'This API key was rotated: change and rotate it with its new secret');
  }

  /** Undefined for the admin key. @throws LockstepError unauthenticated */
  private async heldRowOf({ actor, keyPrefix }: Principal): Promise<HeldGrantRow | undefined> {
    if (actor.type === 'admin') return undefined;
    const held = await this.repository.findHeldGrant(uuidOf(actor.id), keyPrefix ?? '');
    if (held === undefined) throw new LockstepError('unauthenticated', 'The API key of this request was revoked or rotated');
    return held;
  }
}

function isAdmin({ scopes }: Principal): boolean {
  return scopes.has('admin');
}

function viewOf({ principal, namesTenant }: KeysRequest): KeyView {
  const seesAll = isAdmin(principal) && !namesTenant;
  return { tenant: seesAll ? null : principal.tenant, seesAdminKeys: isAdmin(principal) };
}

/** @throws LockstepError forbidden */
function mustNotExceed(wanted: KeyGrant, held: KeyGrant | undefined): void {
  const errors = held === undefined ? [] : excessOf(wanted, held);
  if (errors.length > 0) throw new LockstepError('forbidden', `Nobody can hand out more than they have. ${errors.map(({ path, message }) => `${path}: ${message}`).join('; ')}`, { errors });
}

function grantOf(row: Omit<HeldGrantRow, 'isFormer'>): KeyGrant {
  return { scopes: row.scopes as Scope[], expiresAt: row.expiresAt, ingestRateLimit: ingestRateLimitOf(row.perSecond, row.burst) };
}

/** Null is a value here. */
function orElse<Value>(value: Value | undefined, otherwise: Value): Value {
  return value === undefined ? otherwise : value;
}

function columnsOf(limit: KeyGrant['ingestRateLimit']): { readonly perSecond: number | null; readonly burst: number | null } {
  return { perSecond: limit?.perSecond ?? null, burst: limit?.burst ?? null };
}

function unique(scopes: readonly Scope[]): Scope[] {
  return [...new Set(scopes)];
}

function uuidOf(id: string): string {
  const uuid = parsePublicId('key', id);
  if (uuid === undefined) throw notFound(id);
  return uuid;
}

function notFound(id: string): LockstepError {
  return new LockstepError('not_found', `There is no API key ${id}`);
}

function resourceOf(row: ApiKeyRow): ApiKey {
  return {
    id: toPublicId('key', row.publicId),
    tenant: row.tenant,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes as Scope[],
    expiresAt: row.expiresAt?.toISOString() ?? null,
    ingestRateLimit: ingestRateLimitOf(row.perSecond, row.burst),
    duplicates: row.duplicates,
    resubmit: row.resubmit,
    previousExpiresAt: row.previousExpiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
