/** What a principal may do. `manage` includes `read`; `admin` includes all, for all tenants. */
export type Scope = 'ingest' | 'read' | 'manage' | 'admin';

/** Who makes a request, and for which tenant. */
export interface Principal {
  /** Whose data the request is about. */
  readonly tenant: string;
  readonly actor: {
    readonly type: 'key' | 'admin' | 'console' | 'system' | 'source';
    /** Stands in the audit log. */
    readonly id: string;
    readonly name: string;
  };
  /** Included scopes are members themselves. */
  readonly scopes: ReadonlySet<Scope>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route that `@Requires` a scope, before the body is read. */
    principal: Principal;
  }

  interface FastifyContextConfig {
    /** What `@Requires` or `@Public` says of the route. */
    access?: Scope | 'public';
  }
}
