import type { IncomingHttpHeaders } from 'node:http';

/** A permission. `manage` includes `read`; `admin` includes all scopes, for all tenants. */
export type Scope = 'ingest' | 'read' | 'manage' | 'admin';

export const SCOPES = ['ingest', 'read', 'manage', 'admin'] as const satisfies readonly Scope[];

/** These scopes and all that they include. */
export function withIncluded(scopes: readonly Scope[]): ReadonlySet<Scope> {
  if (scopes.includes('admin')) return new Set(SCOPES);
  return new Set(scopes.includes('manage') ? [...scopes, 'read'] : scopes);
}

/** Who acts, as the audit log records it. */
export interface Actor {
  readonly type: 'key' | 'admin' | 'console' | 'system' | 'source';
  readonly id: string;
  readonly name: string;
}

/** A bound on accepted events, over all gateways. */
export interface IngestLimit {
  /** Of its token bucket: `key/<id>` or `tenant/<id>`. Whoever has the same id shares the bucket. */
  readonly bucket: string;
  readonly perSecond: number;
  readonly burst: number;
}

/** A bound with its token bucket, or none. */
export function limitsOf(bucket: string, { perSecond, burst }: { readonly perSecond: number | null; readonly burst: number | null }): readonly IngestLimit[] {
  return perSecond === null || burst === null ? [] : [{ bucket, perSecond, burst }];
}

/** How a principal's events are accepted. */
export interface IngestSettings {
  /** What answers a duplicate of an accepted event: the first answer again, or 409. */
  readonly duplicates: 'replay' | 'conflict';
  /** `requeue-dead`: a duplicate of an event with dead deliveries replays these. */
  readonly resubmit: 'none' | 'requeue-dead';
  /** Whether events of types that do not exist at /v1/event-types are refused. */
  readonly refusesUnknownTypes: boolean;
  /** Each event must pass all of them. */
  readonly limits: readonly IngestLimit[];
}

export const USUAL_INGEST: IngestSettings = { duplicates: 'replay', resubmit: 'none', refusesUnknownTypes: false, limits: [] };

/** Who makes a request, and for which tenant. */
export interface Principal {
  /** Whose data the request is about. */
  readonly tenant: string;
  readonly actor: Actor;
  /** With all scopes that these include. */
  readonly scopes: ReadonlySet<Scope>;
  readonly ingest: IngestSettings;
  /** Of the API key that the request came with: a rotated key has several secrets. Undefined without an API key. */
  readonly keyPrefix?: string;
  /** Of the request. Undefined on routes with scope `ingest`, whose principals are shared by many requests. */
  readonly requestId?: string;
}

/** The actor and the request as one JSON object, for statements that write the audit log. */
export function auditedBy({ actor, requestId }: Principal): string {
  return JSON.stringify({ ...actor, requestId });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route that `@Requires` a scope, before the body is read. */
    principal: Principal;
    /**
     * Authenticates the request again, from memory, and renews its principal: for one that takes long. Missing where no
     * route requires a scope.
     * @throws LockstepError if it would be refused now
     */
    authenticate?: () => Promise<void> | undefined;
  }

  interface FastifyContextConfig {
    /** From `@Requires` or `@Public`. */
    access?: Scope | 'public';
    /** Whether the route takes a body that is not `application/json`; `anything` also takes JSON in any charset. Default: no. */
    takes?: 'anything' | ((headers: IncomingHttpHeaders) => boolean);
  }
}
