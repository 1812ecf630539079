/** A permission. `manage` includes `read`; `admin` includes all scopes, for all tenants. */
export type Scope = 'ingest' | 'read' | 'manage' | 'admin';

/** Who makes a request, and for which tenant. */
export interface Principal {
  /** Whose data the request is about. */
  readonly tenant: string;
  readonly actor: {
    readonly type: 'key' | 'admin' | 'console' | 'system' | 'source';
    /** As the audit log records it. */
    readonly id: string;
    readonly name: string;
  };
  /** With all scopes that these include. */
  readonly scopes: ReadonlySet<Scope>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route that `@Requires` a scope, before the body is read. */
    principal: Principal;
  }

  interface FastifyContextConfig {
    /** From `@Requires` or `@Public`. */
    access?: Scope | 'public';
  }
}
