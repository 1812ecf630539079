import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { keyHash, prefixOf } from '#domain/api-key';
import { LockstepError } from '#domain/problem';
import { DEFAULT_TENANT, isTenantId } from '#domain/tenant';
import { type Principal, SCOPES, USUAL_INGEST, withIncluded } from '#ground/http/principal';
import { AccessDirectory } from './access-directory.js';
import type { IssuedKey } from './issued-key.js';
import { KeyRefused } from './key-refused.js';
import { KeyUses } from './key-uses.js';
import type { KnownTenant } from './known-tenant.js';

const ADMIN = { type: 'admin', id: 'admin', name: 'Admin key' } as const;
const ADMIN_SCOPES = withIncluded(SCOPES);
/** Whoever gets the promise awaits it: one that nobody awaits ends the process when it is rejected. */
type FoundTenant = KnownTenant | undefined | Promise<KnownTenant | undefined>;
const BEARER = /^bearer +(\S+) *$/i;

/**
 * Finds the principal of a request by `Authorization: Bearer <key>`: an API key (`lsk_…`), or the installation's admin
 * key. Most requests get it without a promise, from memory. Principals are shared by all requests of a key.
 */
@Injectable()
export class Authenticator {
  private adminKeyHash: Buffer | undefined;
  /** The admin key that matched the hash. Comparing keys takes a tenth of the time of hashing one. */
  private adminKey: Buffer = Buffer.alloc(0);
  private readonly admins = new WeakMap<KnownTenant, Principal>();

  constructor(
    private readonly directory: AccessDirectory,
    private readonly uses: KeyUses,
  ) {}

  /** Sets the hash of the admin key. Until then all requests get store_unavailable. */
  open(adminKeyHash: Buffer): void {
    this.adminKeyHash = adminKeyHash;
  }

  /**
   * An admin key acts on the tenant in `Lockstep-Tenant`, or on its own: for the installation's admin key, that is
   * `DEFAULT_TENANT`. Any other key acts on its own tenant.
   * @throws LockstepError store_unavailable before `open`, and while Postgres does not answer; unauthenticated
   * @throws KeyRefused forbidden for a key of a disabled tenant, and for another tenant in the header; invalid_request for
   * an unknown tenant
   */
  principalOf(headers: IncomingHttpHeaders): Principal | Promise<Principal> {
    if (this.adminKeyHash === undefined) throw new LockstepError('store_unavailable', 'Lockstep is starting', { retryAfterSeconds: 1 });
    const key = BEARER.exec(headers.authorization ?? '')?.[1];
    if (key === undefined) throw new LockstepError('unauthenticated', 'Send the API key as `Authorization: Bearer <key>`');
    // Node joins the values of a header that comes twice.
    const named = headers['lockstep-tenant'] as string | undefined;
    const prefix = prefixOf(key);
    const secret = Buffer.from(key);
    if (prefix === undefined) return this.adminWith(secret, this.adminKeyHash, named);
    const issued = this.directory.key(prefix);
    if (issued instanceof Promise) return this.principalOfAwaited(issued, secret, this.adminKeyHash, named);
    return this.principalOfFound(issued, secret, this.adminKeyHash, named);
  }

  private async principalOfAwaited(issued: Promise<IssuedKey | undefined>, secret: Buffer, adminKeyHash: Buffer, named: string | undefined): Promise<Principal> {
    return this.principalOfFound(await issued, secret, adminKeyHash, named);
  }

  private principalOfFound(issued: IssuedKey | undefined, secret: Buffer, adminKeyHash: Buffer, named: string | undefined): Principal | Promise<Principal> {
    // LOCKSTEP_ADMIN_KEY may look like an API key.
    if (issued?.matches(secret) !== true || this.directory.hasExpired(issued)) return this.adminWith(secret, adminKeyHash, named);
    const own = this.directory.tenant(issued.tenant);
    if (own === undefined || own instanceof Promise || (named !== undefined && named !== issued.tenant)) return this.principalElsewhere(issued, own, named);
    return this.enter(issued, own, own);
  }

  /** The key's own tenant must be read first, or the header names another one. */
  private async principalElsewhere(issued: IssuedKey, found: FoundTenant, named = issued.tenant): Promise<Principal> {
    const own = await found;
    if (own === undefined) throw unauthenticated();
    if (named === issued.tenant) return this.enter(issued, own, own);
    // Before any look-up, so that the answer does not tell which tenants exist.
    if (!issued.isAdmin) throw new KeyRefused(issued.principalFor(own), 'forbidden', 'Lockstep-Tenant names another tenant than the API key belongs to: leave the header out');
    return this.enter(issued, own, (await this.named(named)) ?? refuseUnknown(named, issued.principalFor(own)));
  }

  private enter(issued: IssuedKey, own: KnownTenant, target: KnownTenant): Principal {
    if (!own.isEnabled) throw new KeyRefused(issued.principalFor(own), 'forbidden', `The tenant "${own.id}" of this API key is disabled`);
    this.uses.note(issued);
    return issued.principalFor(target);
  }

  private adminWith(secret: Buffer, adminKeyHash: Buffer, named = DEFAULT_TENANT): Principal | Promise<Principal> {
    if (!this.isAdminKey(secret, adminKeyHash)) throw unauthenticated();
    const tenant = this.named(named);
    return tenant === undefined || tenant instanceof Promise ? this.adminElsewhere(named, tenant) : this.adminOf(tenant);
  }

  /** The tenant must be read first, or it does not exist. */
  private async adminElsewhere(named: string, found: FoundTenant): Promise<Principal> {
    const tenant = await found;
    if (tenant !== undefined) return this.adminOf(tenant);
    const own = await this.directory.tenant(DEFAULT_TENANT);
    if (own === undefined) throw new Error(`The tenant "${DEFAULT_TENANT}" is missing`);
    return refuseUnknown(named, this.adminOf(own));
  }

  private isAdminKey(secret: Buffer, adminKeyHash: Buffer): boolean {
    if (secret.length === this.adminKey.length && timingSafeEqual(secret, this.adminKey)) return true;
    if (!timingSafeEqual(keyHash(secret), adminKeyHash)) return false;
    this.adminKey = secret;
    return true;
  }

  private adminOf(tenant: KnownTenant): Principal {
    const made = this.admins.get(tenant);
    if (made !== undefined) return made;
    const principal = { tenant: tenant.id, actor: ADMIN, scopes: ADMIN_SCOPES, ingest: { ...USUAL_INGEST, refusesUnknownTypes: tenant.refusesUnknownTypes, limits: tenant.limits } };
    this.admins.set(tenant, principal);
    return principal;
  }

  /** The tenant that the header names. */
  private named(id: string): FoundTenant {
    return isTenantId(id) ? this.directory.tenant(id) : undefined;
  }
}

function refuseUnknown(tenant: string, principal: Principal): never {
  const message = `there is no tenant "${tenant}"`;
  throw new KeyRefused(principal, 'invalid_request', `Lockstep-Tenant: ${message}`, { errors: [{ path: 'Lockstep-Tenant', message }] });
}

/** The same words for every key that does not count, so that nobody learns which keys have existed. */
function unauthenticated(): LockstepError {
  return new LockstepError('unauthenticated', 'The API key is unknown, expired or revoked');
}
