import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LockstepError } from '#domain/problem';
import type { TenantsRepository } from './tenants.repository.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose data the request is about; set on every route that takes a key. */
    tenant: string;
  }
}

/** Who did it, for the audit log: until tenants have keys of their own, whoever holds the admin key. */
export const ACTOR = 'admin';

/** Exists from the first migration on. */
export const DEFAULT_TENANT = 'default';

/** Route templates that anybody may call; all others take a key. */
const OPEN = /^\/(?:health\/|metrics$|docs(?:\/|$)|api-docs(?:\/|$)|openapi\.json$)/;

/** How long a tenant that was found is taken to exist. */
const TENANT_KNOWN_MS = 60_000;

/** SHA-256 of a key: what is stored and compared, never the key itself. */
export function keyHash(key: string | Buffer): Buffer {
  return hash('sha256', key, 'buffer');
}

/**
 * Who may do what: every route but the open ones takes `Authorization: Bearer <admin key>`. An admin key acts on the
 * tenant in `Lockstep-Tenant`, or on `default`. Runs before the body is read, so that nobody else's bytes are.
 */
export class Authenticator {
  private readonly knownUntilMs = new Map<string, number>();
  private adminKeyHash: Buffer | undefined;
  /** The last key that matched the hash: comparing with it takes a tenth of hashing again. */
  private knownKey: Buffer = Buffer.alloc(0);

  constructor(private readonly tenants: TenantsRepository) {}

  /** From here on requests with the key of this hash pass; before, all are answered with store_unavailable. */
  open(adminKeyHash: Buffer): void {
    this.adminKeyHash = adminKeyHash;
  }

  /** Adds the check to every route. What routes there are is no secret (/docs), so a path without one is just a 404. */
  guard(instance: FastifyInstance): void {
    instance.decorateRequest('tenant', '');
    instance.addHook('onRequest', (request, _reply, done) => {
      // The matched template, not the URL: `/%761/events` is a way to write `/v1/events`.
      if (request.is404 || OPEN.test(request.routeOptions.url ?? '')) return done();
      const tenant = this.tenantOf(request);
      if (tenant === DEFAULT_TENANT) {
        request.tenant = tenant;
        return done();
      }
      if (tenant instanceof LockstepError) return done(tenant);
      this.requireTenant(tenant).then(() => {
        request.tenant = tenant;
        done();
      }, done);
    });
  }

  private tenantOf(request: FastifyRequest): string | LockstepError {
    if (this.adminKeyHash === undefined) return new LockstepError('store_unavailable', 'Lockstep is starting', { retryAfterSeconds: 1 });
    const { authorization = '', 'lockstep-tenant': tenant = DEFAULT_TENANT } = request.headers;
    const key = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    if (key === undefined) return new LockstepError('unauthenticated', 'Send the API key as `Authorization: Bearer <key>`');
    if (!this.isAdminKey(Buffer.from(key), this.adminKeyHash)) return new LockstepError('unauthenticated', 'The API key is not known');
    return String(tenant);
  }

  private isAdminKey(key: Buffer, adminKeyHash: Buffer): boolean {
    if (key.length === this.knownKey.length && timingSafeEqual(key, this.knownKey)) return true;
    if (!timingSafeEqual(keyHash(key), adminKeyHash)) return false;
    this.knownKey = key;
    return true;
  }

  /** @throws LockstepError invalid_request when there is no such tenant */
  private async requireTenant(tenant: string): Promise<void> {
    const nowMs = Date.now();
    if ((this.knownUntilMs.get(tenant) ?? 0) > nowMs) return;
    if (!(await this.tenants.exists(tenant))) {
      const message = `there is no tenant "${tenant}"`;
      throw new LockstepError('invalid_request', `Lockstep-Tenant: ${message}`, { errors: [{ path: 'Lockstep-Tenant', message }] });
    }
    this.knownUntilMs.set(tenant, nowMs + TENANT_KNOWN_MS);
  }
}
