import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { DEFAULT_TENANT, TENANT_ID } from '#domain/tenant';
import { duration, LEASE_BOUNDS_MS, RETENTION_BOUNDS_MS } from './duration-setting.js';

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'must be a header name').transform((name) => name.toLowerCase());

const routeSchema = z.strictObject({
  /** Of the URL, percent-decoded; `*` at its end stands for anything. */
  path: z.string().regex(/^\/[^?#*\s]{0,200}\*?$/, 'must be a path such as /orders or /orders/*'),
  /** Undefined: all. */
  methods: z.array(z.string().regex(/^[A-Z-]{1,30}$/, 'must be in capitals, such as POST')).min(1).optional(),
  mode: z.enum(['request', 'webhook']).default('request'),
  keyRequired: z.boolean().default(false),
  takeover: z.enum(['never', 'safe']).default('never'),
  failOpen: z.boolean().default(false),
  lease: duration(LEASE_BOUNDS_MS.min, LEASE_BOUNDS_MS.max).optional(),
  retention: duration(RETENTION_BOUNDS_MS.min, RETENTION_BOUNDS_MS.max).optional(),
  /** How long the backend may be silent. */
  timeout: duration(100, 3_600_000).default(300_000),
  /** Headers that tell one client from another. */
  principal: z.array(headerName).default(['authorization', 'x-api-key']),
  refuseRegressed: z.boolean().default(false),
  /** Whose keys these are: routes of two tenants never share one. */
  tenant: z.string().regex(TENANT_ID, 'must be the id of a tenant, such as acme').default(DEFAULT_TENANT),
}).refine(({ mode, refuseRegressed }) => mode === 'webhook' || !refuseRegressed, { path: ['refuseRegressed'], message: 'is for routes with "mode": "webhook"' });

export const proxyRoutesSchema = z.array(routeSchema).max(1_000);

/** A route as it is written; what is left out has its default. */
export type ProxyRouteSetting = z.output<typeof routeSchema>;

/** The routes' JSON itself, or the name of the file that holds it. Part of the one schema of the environment, so not in apps/proxy. */
export const proxyRoutes = z.string().transform((text, context): ProxyRouteSetting[] => {
  try {
    const parsed = proxyRoutesSchema.safeParse(JSON.parse(text.trimStart().startsWith('[') ? text : readFileSync(text, 'utf8')));
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', message: `must be a list of routes (docs/proxy.md); ${path.join('.')}: ${message}` });
  } catch (error) {
    context.addIssue({ code: 'custom', message: `must be a JSON list of routes, or the name of a file with one: ${error instanceof Error ? error.message : ''}` });
  }
  return z.NEVER;
});
