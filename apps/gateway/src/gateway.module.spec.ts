import { expect, it } from '@jest/globals';
import type { RouteOptions } from 'fastify';
import { documentedPools } from '#dev/testing/documented-pools';
import { testProcess } from '#dev/testing/test-process';
import { PgPools } from '#ground/postgres/pg-pools';
import { createApp } from '#ground/process/run-app';
import { GatewayModule } from './gateway.module.js';

it('builds its module graph without Postgres and Kafka, every route declares its access, and the pools are as documented', async () => {
  const process = testProcess('postgresql://nobody@127.0.0.1:1/none', { KAFKA_BROKERS: '127.0.0.1:1' });
  const app = await createApp({ module: GatewayModule }, process);
  const routes: RouteOptions[] = [];
  app.getHttpAdapter().getInstance().addHook('onRoute', (route) => void routes.push(route));
  await app.init();
  const accessOf = (wanted: (method: string) => boolean): Record<string, unknown> =>
    Object.fromEntries(routes.filter(({ method }) => wanted(String(method))).map(({ method, url, config }) => [`${String(method)} ${url}`, config?.access]));
  const declared = accessOf((method) => method !== 'HEAD');
  // Fastify adds a HEAD route for each GET route.
  for (const [route, access] of Object.entries(accessOf((method) => method === 'HEAD'))) expect([route, declared[route.replace('HEAD', 'GET')]]).toEqual([route, access]);
  expect(declared).toEqual({
    'DELETE /v1/api-keys/:id': 'manage',
    'DELETE /v1/endpoints/:id': 'manage',
    'DELETE /v1/event-types/:name': 'manage',
    'DELETE /v1/sources/:id': 'manage',
    'GET /health/live': 'public',
    'GET /health/ready': 'public',
    'GET /health/startup': 'public',
    'GET /metrics': 'public',
    'GET /v1/api-keys': 'read',
    'GET /v1/api-keys/:id': 'read',
    'GET /v1/audit': 'manage',
    'GET /v1/dead-letters': 'read',
    'GET /v1/dead-letters/groups': 'read',
    'GET /v1/deliveries': 'read',
    'GET /v1/deliveries/:id': 'read',
    'GET /v1/deliveries/:id/attempts': 'read',
    'GET /v1/endpoints': 'read',
    'GET /v1/endpoints/:id': 'read',
    'GET /v1/endpoints/:id/secret': 'manage',
    'GET /v1/endpoints/:id/stats': 'read',
    'GET /v1/event-types': 'read',
    'GET /v1/event-types/:name': 'read',
    'GET /v1/events': 'read',
    'GET /v1/events/:id': 'read',
    'GET /v1/events/:id/deliveries': 'read',
    'GET /v1/events/:id/timeline': 'read',
    'GET /v1/events/batch': 'ingest',
    'GET /v1/lanes': 'read',
    'GET /v1/lanes/:endpoint/:entity': 'read',
    'GET /v1/ledger': 'read',
    'GET /v1/metrics': 'read',
    'GET /v1/rejections': 'read',
    'GET /v1/replays': 'read',
    'GET /v1/replays/:id': 'read',
    'GET /v1/sources': 'read',
    'GET /v1/sources/:id': 'read',
    'GET /v1/sources/:id/stats': 'read',
    'GET /v1/system': 'read',
    'GET /v1/tenants': 'read',
    'GET /v1/tenants/:id': 'read',
    'PATCH /v1/api-keys/:id': 'manage',
    'PATCH /v1/endpoints/:id': 'manage',
    'PATCH /v1/sources/:id': 'manage',
    'POST /in/:source': 'public',
    'POST /stripe/webhook': 'public',
    'POST /v1/api-keys': 'manage',
    'POST /v1/api-keys/:id/rotate': 'manage',
    'POST /v1/dead-letters/discard': 'manage',
    'POST /v1/dead-letters/replay': 'manage',
    'POST /v1/endpoints': 'manage',
    'POST /v1/endpoints/:id/pause': 'manage',
    'POST /v1/endpoints/:id/resume': 'manage',
    'POST /v1/endpoints/:id/replay': 'manage',
    'POST /v1/endpoints/:id/rotate-secret': 'manage',
    'POST /v1/endpoints/:id/test': 'manage',
    'POST /v1/events': 'ingest',
    'POST /v1/events/:id/replay': 'manage',
    'POST /v1/events/batch': 'ingest',
    'POST /v1/lanes/:endpoint/:entity/pause': 'manage',
    'POST /v1/lanes/:endpoint/:entity/resume': 'manage',
    'POST /v1/lanes/:endpoint/:entity/skip': 'manage',
    'POST /v1/replays/:id/cancel': 'manage',
    'POST /v1/sources': 'manage',
    'POST /v1/sources/:id/rotate-secret': 'manage',
    'POST /webhooks': 'public',
    'PUT /v1/event-types/:name': 'manage',
    'PUT /v1/tenants/:id': 'admin',
  });
  expect(app.get(PgPools).sizes).toEqual(documentedPools('gateway'));
  await app.close();
});
