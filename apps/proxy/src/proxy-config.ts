import { DEFAULT_TENANT } from '#domain/tenant';
import { ConfigError, managementPortOf, parseEnvironment, portOf } from '#ground/config/config';
import type { Environment } from '#ground/config/environment';
import type { ProxyRouteSetting } from '#ground/config/proxy-routes';
import { DEFAULT_STORE_PATIENCE_MS } from '#idempotency/idempotency-options';

/** A route with all its settings. */
export type ProxyRoute = Omit<ProxyRouteSetting, 'lease' | 'retention' | 'timeout'> & { readonly leaseMs: number; readonly retentionMs: number; readonly timeoutMs: number };

/** The proxy's configuration. `.env.example` lists the environment variables. */
export interface ProxyConfig {
  readonly host: string;
  readonly port: number;
  /** Of health and metrics. Undefined: `port` serves them. */
  readonly managementPort: number | undefined;
  readonly databaseUrl: string;
  readonly upstreamUrl: string;
  /** The first match counts. The last route matches everything. */
  readonly routes: readonly ProxyRoute[];
  readonly drainTimeoutMs: number;
  /** Of routes that set no lease. */
  readonly idempotencyLeaseMs: number;
  /** Of routes that set no retention. */
  readonly idempotencyRetentionMs: number;
  /** Of a request with a key, which is held in memory. */
  readonly maxBodyBytes: number;
  /** Memory for requests with a key and their answers until these are stored. Above it such requests get 503. */
  readonly maxHeldBytes: number;
  /** How long a client waits for its answer to be stored, in milliseconds. */
  readonly storePatienceMs: number;
  readonly logLevel: Environment['LOG_LEVEL'];
}

/** 64 MiB. */
const MAX_HELD_BYTES = 67_108_864;
/** Next to the gateway's port. */
const DEFAULT_PORT = 8081;

const EVERYTHING: ProxyRouteSetting = {
  path: '/*', mode: 'request', keyRequired: false, takeover: 'never', failOpen: false, timeout: 300_000, principal: ['authorization', 'x-api-key'], refuseRegressed: false, tenant: DEFAULT_TENANT,
};

/**
 * The proxy's configuration from its environment.
 * @throws ConfigError naming each bad value, each missing variable and each `LOCKSTEP_*` name that does not exist.
 */
export function loadProxyConfig(env: Record<string, string | undefined>): ProxyConfig {
  const values = parseEnvironment(env);
  const { DATABASE_URL: databaseUrl, UPSTREAM_URL: upstreamUrl } = values;
  if (upstreamUrl === undefined) throw new ConfigError('UPSTREAM_URL is not set: set it to the address of the backend, such as http://127.0.0.1:3000');
  if (databaseUrl === undefined) throw new ConfigError('DATABASE_URL is not set: set it, or run `npm run start:proxy`, which brings its own');
  const port = portOf(env, values, DEFAULT_PORT);
  return {
    host: values.HOST,
    port,
    managementPort: managementPortOf(values, port),
    databaseUrl,
    upstreamUrl,
    routes: [...values.LOCKSTEP_PROXY_ROUTES, EVERYTHING].map(({ lease, retention, timeout, ...route }) => ({
      ...route,
      leaseMs: lease ?? values.LOCKSTEP_IDEMPOTENCY_LEASE,
      retentionMs: retention ?? values.LOCKSTEP_IDEMPOTENCY_RETENTION,
      timeoutMs: timeout,
    })),
    drainTimeoutMs: values.LOCKSTEP_DRAIN_TIMEOUT,
    idempotencyLeaseMs: values.LOCKSTEP_IDEMPOTENCY_LEASE,
    idempotencyRetentionMs: values.LOCKSTEP_IDEMPOTENCY_RETENTION,
    maxBodyBytes: values.LOCKSTEP_MAX_BODY_BYTES,
    maxHeldBytes: MAX_HELD_BYTES,
    storePatienceMs: DEFAULT_STORE_PATIENCE_MS,
    logLevel: values.LOG_LEVEL,
  };
}
