import { timingSafeEqual } from 'node:crypto';
import { keyHash } from '#domain/api-key';
import type { Actor, IngestSettings, Principal, Scope } from '#ground/http/principal';
import type { CachedRow } from '#ground/postgres/row-cache';
import type { KnownTenant } from './known-tenant.js';

/** What memory has of an API key under one of its prefixes. */
interface IssuedKeyRow extends CachedRow {
  readonly id: number;
  readonly tenant: string;
  readonly hash: Buffer;
  /** By the database's clock; Infinity: never. */
  readonly expiresAtMs: number;
  readonly actor: Actor;
  readonly scopes: ReadonlySet<Scope>;
  readonly ingest: IngestSettings;
}

/**
 * An API key in memory. After a rotation, each of its secrets that are still valid has an object of its own, with the same
 * id.
 */
export class IssuedKey implements CachedRow {
  /** The secret that matched the hash. Comparing secrets takes a tenth of the time of hashing one. */
  private secret: Buffer = Buffer.alloc(0);
  private readonly principals = new WeakMap<KnownTenant, Principal>();
  /** In which round its use was noted. */
  notedInRound = -1;

  constructor(private readonly row: IssuedKeyRow) {}

  /** The prefix. */
  get key(): string {
    return this.row.key;
  }

  get id(): number {
    return this.row.id;
  }

  get version(): string {
    return this.row.version;
  }

  get tenant(): string {
    return this.row.tenant;
  }

  /** By the database's clock; Infinity: never. */
  get expiresAtMs(): number {
    return this.row.expiresAtMs;
  }

  /** Whether it may act on any tenant. */
  get isAdmin(): boolean {
    return this.row.scopes.has('admin');
  }

  /** Whether this is the key itself, and not another one with its prefix. */
  matches(secret: Buffer): boolean {
    if (secret.length === this.secret.length && timingSafeEqual(secret, this.secret)) return true;
    if (!timingSafeEqual(keyHash(secret), this.row.hash)) return false;
    this.secret = secret;
    return true;
  }

  /** Its principal for this tenant, which is made once. */
  principalFor(tenant: KnownTenant): Principal {
    const made = this.principals.get(tenant);
    if (made !== undefined) return made;
    const { actor, scopes, ingest } = this.row;
    const principal = { tenant: tenant.id, actor, scopes, keyPrefix: this.row.key, ingest: { ...ingest, refusesUnknownTypes: tenant.refusesUnknownTypes, limits: [...ingest.limits, ...tenant.limits] } };
    this.principals.set(tenant, principal);
    return principal;
  }
}
