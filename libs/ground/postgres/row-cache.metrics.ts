import { closedCounter } from '#ground/telemetry/closed-counter';

/** What gateways keep in memory of Postgres. */
const CACHES = ['api_keys', 'tenants', 'event_types', 'sources', 'destinations'] as const;
export type CacheName = (typeof CACHES)[number];

export const cacheLookups = closedCounter({
  name: 'lockstep_cache_lookups_total',
  help: 'Look-ups of rows that gateways keep in memory, by what is cached. A miss waits for Postgres',
  labels: { cache: CACHES, result: ['hit', 'miss'] },
});
