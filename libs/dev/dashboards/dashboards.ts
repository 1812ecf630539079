import { dashboardOf } from './dashboard.js';
import { ENDPOINTS } from './endpoints.js';
import { IDEMPOTENCY_PROXY } from './idempotency-proxy.js';
import { OVERVIEW } from './overview.js';
import { PIPELINE } from './pipeline.js';
import { SOURCES } from './sources.js';
import { STORES } from './stores.js';

export const DASHBOARDS = [OVERVIEW, PIPELINE, ENDPOINTS, SOURCES, IDEMPOTENCY_PROXY, STORES];

/** The files for Grafana's provisioning, name → content. */
export function dashboardFiles(): Map<string, string> {
  return new Map(DASHBOARDS.map((options) => [`${options.uid}.json`, `${JSON.stringify(dashboardOf(options), null, 2)}\n`]));
}
