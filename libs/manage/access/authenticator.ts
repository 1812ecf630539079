import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import { DEFAULT_TENANT } from '#domain/tenant';
import { type Principal, type Scope, USUAL_INGEST } from '#ground/http/principal';
import { keyHash } from './admin-key.js';
import { TenantsRepository } from './tenants.repository.js';

const ADMIN = { type: 'admin', id: 'admin', name: 'Admin key' } as const;
const ADMIN_SCOPES: ReadonlySet<Scope> = new Set(['ingest', 'read', 'manage', 'admin']);

/** Postgres is asked for a tenant at most this often. */
const TENANT_KNOWN_MS = 60_000;

/**
 * Finds the principal of a request by `Authorization: Bearer <admin key>`. An admin key has all scopes, and acts on the
 * tenant in `Lockstep-Tenant`, or on `default`.
 */
@Injectable()
export class Authenticator {
  private readonly defaultAdmin = adminOf(DEFAULT_TENANT);
  private readonly knownUntilMs = new Map<string, number>();
  private adminKeyHash: Buffer | undefined;
  /** The key that matched the hash. Comparing keys takes a tenth of the time of hashing one. */
  private knownKey: Buffer = Buffer.alloc(0);

  constructor(private readonly tenants: TenantsRepository) {}

  /** Sets the hash of the admin key. Until then all requests get store_unavailable. */
  open(adminKeyHash: Buffer): void {
    this.adminKeyHash = adminKeyHash;
  }

  /**
   * Returns no promise for the default tenant, so that most requests continue without a microtask.
   * @throws LockstepError store_unavailable before `open`; unauthenticated; invalid_request for an unknown tenant
   */
  principalOf(headers: IncomingHttpHeaders): Principal | Promise<Principal> {
    if (this.adminKeyHash === undefined) throw new LockstepError('store_unavailable', 'Lockstep is starting', { retryAfterSeconds: 1 });
    const { authorization = '', 'lockstep-tenant': tenant = DEFAULT_TENANT } = headers;
    const key = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (key === undefined) throw new LockstepError('unauthenticated', 'Send the API key as `Authorization: Bearer <key>`');
    if (!this.isAdminKey(Buffer.from(key), this.adminKeyHash)) throw new LockstepError('unauthenticated', 'The API key is unknown');
    return tenant === DEFAULT_TENANT ? this.defaultAdmin : this.adminOfKnown(String(tenant));
  }

  private isAdminKey(key: Buffer, adminKeyHash: Buffer): boolean {
    if (key.length === this.knownKey.length && timingSafeEqual(key, this.knownKey)) return true;
    if (!timingSafeEqual(keyHash(key), adminKeyHash)) return false;
    this.knownKey = key;
    return true;
  }

  private async adminOfKnown(tenant: string): Promise<Principal> {
    const nowMs = Date.now();
    if ((this.knownUntilMs.get(tenant) ?? 0) > nowMs) return adminOf(tenant);
    if (!(await this.tenants.exists(tenant))) {
      const message = `there is no tenant "${tenant}"`;
      throw new LockstepError('invalid_request', `Lockstep-Tenant: ${message}`, { errors: [{ path: 'Lockstep-Tenant', message }] });
    }
    this.knownUntilMs.set(tenant, nowMs + TENANT_KNOWN_MS);
    return adminOf(tenant);
  }
}

function adminOf(tenant: string): Principal {
  return { tenant, actor: ADMIN, scopes: ADMIN_SCOPES, ingest: USUAL_INGEST };
}
