import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { type Scope, SCOPES, withIncluded } from '#ground/http/principal';
import { type Answer, type GatewayClient, withoutRequestId } from '#dev/testing/gateway-client';
import { GatewayWithStore } from '../fixtures/gateway-under-test.js';
import { createResources, missingIds, type ResourceIds } from '../fixtures/tenant-resources.js';

/** How an operation is called, and what it answers. */
interface Expectation {
  readonly scope: Scope;
  /** With the caller's own ids. */
  readonly status: number;
  /** Path and query. */
  readonly path: (ids: ResourceIds) => string;
  readonly body?: (ids: ResourceIds) => unknown;
  /** `none`: the operation takes no ids. Otherwise ids of another tenant get the very answer that ids of nothing get. */
  readonly ids?: 'none';
  /** Admins may do it for all tenants. */
  readonly isForAllTenants?: true;
}

const forAdmins = { isForAllTenants: true } as const;
const oneLane = ({ endpoint, entity }: ResourceIds): string => `/v1/lanes/${endpoint}/${entity}`;

/** Every operation of the OpenAPI document that needs a key. */
const OPERATIONS: Readonly<Record<string, Expectation>> = {
  'POST /v1/events': { scope: 'ingest', status: 202, path: () => '/v1/events', body: ({ entity }) => ({ type: 'order.created', entity, data: {} }), ids: 'none' },
  'POST /v1/events/batch': { scope: 'ingest', status: 202, path: () => '/v1/events/batch', body: ({ entity }) => [{ type: 'order.created', entity, data: {} }], ids: 'none' },
  'GET /v1/events': { scope: 'read', status: 200, path: ({ entity }) => `/v1/events?entity=${entity}` },
  'GET /v1/events/{id}': { scope: 'read', status: 200, path: ({ event }) => `/v1/events/${event}` },
  'GET /v1/events/{id}/deliveries': { scope: 'read', status: 200, path: ({ event }) => `/v1/events/${event}/deliveries` },
  'GET /v1/events/{id}/timeline': { scope: 'read', status: 200, path: ({ event }) => `/v1/events/${event}/timeline` },
  'POST /v1/events/{id}/replay': { scope: 'manage', status: 202, path: ({ event }) => `/v1/events/${event}/replay` },
  'POST /v1/endpoints/{id}/replay': { scope: 'manage', status: 200, path: ({ endpoint }) => `/v1/endpoints/${endpoint}/replay`, body: () => ({ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', dryRun: true }) },
  'GET /v1/deliveries': { scope: 'read', status: 200, path: ({ endpoint }) => `/v1/deliveries?endpoint=${endpoint}` },
  'GET /v1/deliveries/{id}': { scope: 'read', status: 200, path: ({ delivery }) => `/v1/deliveries/${delivery}` },
  'GET /v1/deliveries/{id}/attempts': { scope: 'read', status: 200, path: ({ delivery }) => `/v1/deliveries/${delivery}/attempts` },
  'GET /v1/dead-letters': { scope: 'read', status: 200, path: ({ deadEndpoint }) => `/v1/dead-letters?endpoint=${deadEndpoint}` },
  'GET /v1/dead-letters/groups': { scope: 'read', status: 200, path: ({ deadEndpoint }) => `/v1/dead-letters/groups?endpoint=${deadEndpoint}&by=endpoint,statusCode` },
  'POST /v1/dead-letters/replay': { scope: 'manage', status: 200, path: () => '/v1/dead-letters/replay', body: ({ deadEndpoint }) => ({ endpoint: deadEndpoint, dryRun: true }) },
  'POST /v1/dead-letters/discard': { scope: 'manage', status: 200, path: () => '/v1/dead-letters/discard', body: ({ deadEndpoint }) => ({ endpoint: deadEndpoint, dryRun: true }) },
  'GET /v1/replays': { scope: 'read', status: 200, path: () => '/v1/replays', ids: 'none' },
  'POST /v1/replays/{id}/cancel': { scope: 'manage', status: 200, path: ({ replay }) => `/v1/replays/${replay}/cancel` },
  'GET /v1/metrics': { scope: 'read', status: 200, path: ({ endpoint }) => `/v1/metrics?measure=attempts&endpoint=${endpoint}&from=2026-01-31T00:00:00Z&to=2026-02-01T00:00:00Z&step=1d` },
  'GET /v1/system': { scope: 'read', status: 200, path: () => '/v1/system', ids: 'none' },
  'GET /v1/replays/{id}': { scope: 'read', status: 200, path: ({ replay }) => `/v1/replays/${replay}` },
  'GET /v1/lanes': { scope: 'read', status: 200, path: ({ endpoint }) => `/v1/lanes?endpoint=${endpoint}` },
  'GET /v1/lanes/{endpoint}/{entity}': { scope: 'read', status: 200, path: oneLane },
  'POST /v1/lanes/{endpoint}/{entity}/pause': { scope: 'manage', status: 200, path: (ids) => `${oneLane(ids)}/pause` },
  'POST /v1/lanes/{endpoint}/{entity}/resume': { scope: 'manage', status: 200, path: (ids) => `${oneLane(ids)}/resume` },
  'POST /v1/lanes/{endpoint}/{entity}/skip': { scope: 'manage', status: 200, path: (ids) => `${oneLane(ids)}/skip` },
  'PUT /v1/event-types/{name}': { scope: 'manage', status: 200, path: ({ entity }) => `/v1/event-types/${entity}`, body: () => ({ description: 'd' }), ids: 'none' },
  'GET /v1/event-types': { scope: 'read', status: 200, path: () => '/v1/event-types', ids: 'none' },
  'GET /v1/event-types/{name}': { scope: 'read', status: 200, path: ({ entity }) => `/v1/event-types/${entity}` },
  'DELETE /v1/event-types/{name}': { scope: 'manage', status: 204, path: ({ entity }) => `/v1/event-types/${entity}` },
  'POST /v1/sources': { scope: 'manage', status: 201, path: () => '/v1/sources', body: ({ entity }) => ({ name: entity, provider: 'stripe', secrets: ['whsec_a'] }), ids: 'none' },
  'GET /v1/sources': { scope: 'read', status: 200, path: () => '/v1/sources', ids: 'none' },
  'GET /v1/sources/{id}': { scope: 'read', status: 200, path: ({ source }) => `/v1/sources/${source}` },
  'GET /v1/sources/{id}/stats': { scope: 'read', status: 200, path: ({ source }) => `/v1/sources/${source}/stats` },
  'PATCH /v1/sources/{id}': { scope: 'manage', status: 200, path: ({ source }) => `/v1/sources/${source}`, body: () => ({ status: 'disabled' }) },
  'DELETE /v1/sources/{id}': { scope: 'manage', status: 204, path: ({ source }) => `/v1/sources/${source}` },
  'POST /v1/sources/{id}/rotate-secret': { scope: 'manage', status: 200, path: ({ source }) => `/v1/sources/${source}/rotate-secret`, body: () => ({ secret: 'whsec_b' }) },
  'GET /v1/audit': { scope: 'manage', status: 200, path: ({ endpoint }) => `/v1/audit?subject=${endpoint}` },
  'GET /v1/rejections': { scope: 'read', status: 200, path: ({ key }) => `/v1/rejections?key=${key}` },
  'GET /v1/ledger': { scope: 'read', status: 200, path: () => '/v1/ledger', ids: 'none' },
  'POST /v1/endpoints': { scope: 'manage', status: 201, path: () => '/v1/endpoints', body: () => ({ url: 'http://127.0.0.1:9/' }), ids: 'none' },
  'GET /v1/endpoints': { scope: 'read', status: 200, path: () => '/v1/endpoints', ids: 'none' },
  'GET /v1/endpoints/{id}': { scope: 'read', status: 200, path: ({ endpoint }) => `/v1/endpoints/${endpoint}` },
  'GET /v1/endpoints/{id}/stats': { scope: 'read', status: 200, path: ({ endpoint }) => `/v1/endpoints/${endpoint}/stats` },
  'PATCH /v1/endpoints/{id}': { scope: 'manage', status: 200, path: ({ endpoint }) => `/v1/endpoints/${endpoint}`, body: () => ({ description: 'd' }) },
  'DELETE /v1/endpoints/{id}': { scope: 'manage', status: 204, path: ({ endpoint }) => `/v1/endpoints/${endpoint}` },
  'GET /v1/endpoints/{id}/secret': { scope: 'manage', status: 200, path: ({ endpoint }) => `/v1/endpoints/${endpoint}/secret` },
  'POST /v1/endpoints/{id}/rotate-secret': { scope: 'manage', status: 200, path: ({ endpoint }) => `/v1/endpoints/${endpoint}/rotate-secret`, body: () => ({ overlap: '0s' }) },
  'POST /v1/endpoints/{id}/test': { scope: 'manage', status: 200, path: ({ endpoint }) => `/v1/endpoints/${endpoint}/test`, body: () => ({}) },
  'POST /v1/endpoints/{id}/pause': { scope: 'manage', status: 200, path: ({ endpoint }) => `/v1/endpoints/${endpoint}/pause` },
  'POST /v1/endpoints/{id}/resume': { scope: 'manage', status: 200, path: ({ endpoint }) => `/v1/endpoints/${endpoint}/resume` },
  'POST /v1/api-keys': { scope: 'manage', status: 201, path: () => '/v1/api-keys', body: () => ({ name: 'n', scopes: ['read'] }), ids: 'none' },
  'GET /v1/api-keys': { scope: 'read', status: 200, path: () => '/v1/api-keys', ids: 'none' },
  'GET /v1/api-keys/{id}': { scope: 'read', status: 200, path: ({ key }) => `/v1/api-keys/${key}`, ...forAdmins },
  'PATCH /v1/api-keys/{id}': { scope: 'manage', status: 200, path: ({ key }) => `/v1/api-keys/${key}`, body: () => ({ name: 'other' }), ...forAdmins },
  'DELETE /v1/api-keys/{id}': { scope: 'manage', status: 204, path: ({ key }) => `/v1/api-keys/${key}`, ...forAdmins },
  'POST /v1/api-keys/{id}/rotate': { scope: 'manage', status: 200, path: ({ key }) => `/v1/api-keys/${key}/rotate`, ...forAdmins },
  'PUT /v1/tenants/{id}': { scope: 'admin', status: 200, path: ({ tenant }) => `/v1/tenants/${tenant}`, body: () => ({ name: 'n' }), ...forAdmins },
  'GET /v1/tenants': { scope: 'read', status: 200, path: () => '/v1/tenants', ids: 'none' },
  'GET /v1/tenants/{id}': { scope: 'read', status: 200, path: ({ tenant }) => `/v1/tenants/${tenant}`, ...forAdmins },
};

const [OWN, FOREIGN] = ['acme', 'beta'];
/** Statements that were seen: that two calls send none would prove nothing. */
let watched = 0;

let store: pg.Client;
let gateway: GatewayWithStore;
let client: GatewayClient;
/** Every statement of this process. */
const queries = jest.spyOn(pg.Client.prototype, 'query');
/** A key of the tenant OWN for each scope. */
const keys = new Map<Scope | undefined, string | undefined>([[undefined, undefined]]);

beforeAll(async () => {
  gateway = await GatewayWithStore.start({ KAFKA_BROKERS: '127.0.0.1:1', LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8' });
  ({ client, store } = gateway);
  for (const id of [OWN, FOREIGN]) await client.send('PUT', `/v1/tenants/${id}`, {});
  for (const scope of SCOPES) keys.set(scope, ((await client.send('POST', '/v1/api-keys', { name: scope, scopes: [scope], tenant: OWN })).json as { key: string }).key);
});

afterAll(async () => {
  await gateway.stop();
});

async function call(operation: string, { path, body }: Expectation, ids: ResourceIds, scope: Scope | undefined): Promise<Answer> {
  const key = keys.get(scope);
  const sent = body?.(ids);
  return client.call(operation.split(' ')[0] ?? '', path(ids), { headers: { authorization: key === undefined ? '' : `Bearer ${key}` }, ...(sent === undefined ? {} : { body: JSON.stringify(sent) }) });
}

/** As `call`, with the statements that the operation sent to Postgres. */
async function callAndWatch(...[operation, expectation, ids, scope]: Parameters<typeof call>): Promise<{ answer: Answer; statements: string[] }> {
  queries.mockClear();
  const answer = await call(operation, expectation, ids, scope);
  const { calls, contexts } = queries.mock;
  const ofRequests = calls.filter((_, i) => /-(?:api|lists|counts)$/.test((contexts[i] as { connectionParameters: { application_name?: string } }).connectionParameters.application_name ?? ''));
  return { answer, statements: ofRequests.map(([query]) => (typeof query === 'string' ? query : (query as { text: string }).text)) };
}

/** Status and body, with the ids of the request as their names. */
function withoutIds({ status, text }: Answer, ids: ResourceIds): string {
  const answer = `${status} ${withoutRequestId(text)}`;
  return Object.entries(ids).reduce((without, [name, id]: [string, string]) => without.replaceAll(id, name), answer);
}

it('has an expectation for every operation that needs a key', async () => {
  const { paths } = (await client.get('/openapi.json')).json as { paths: Record<string, Record<string, { security?: unknown }>> };
  const documented = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).flatMap(([method, { security }]) => (security === undefined ? [] : [`${method.toUpperCase()} ${path}`])));
  expect(Object.keys(OPERATIONS).sort()).toEqual(documented.sort());
});

it.each(Object.entries(OPERATIONS))('%s tells each key only what it may know', async (operation, expectation) => {
  for (const scope of keys.keys()) {
    const isAllowed = scope !== undefined && withIncluded([scope]).has(expectation.scope);
    // An operation may end what it is about, so each call gets resources of its own.
    const [own, foreign, missing] = [await createResources(store, OWN), await createResources(store, FOREIGN), missingIds()];
    const [watchedForeign, watchedMissing] = [await callAndWatch(operation, expectation, foreign, scope), await callAndWatch(operation, expectation, missing, scope)];
    const answers = { own: await call(operation, expectation, own, scope), foreign: watchedForeign.answer, missing: watchedMissing.answer };
    watched += watchedForeign.statements.length;
    const [toForeign, toMissing] = [withoutIds(answers.foreign, foreign), withoutIds(answers.missing, missing)];
    if (!isAllowed) {
      const refusal = scope === undefined ? { status: 401, json: { code: 'unauthenticated' } } : { status: 403, json: { code: 'forbidden', detail: `The API key lacks the scope "${expectation.scope}"` } };
      expect([operation, scope, answers.own]).toMatchObject([operation, scope, refusal]);
      expect([toForeign, toMissing]).toEqual([withoutIds(answers.own, own), withoutIds(answers.own, own)]);
      continue;
    }
    expect([operation, scope, answers.own.status, answers.own.text]).toEqual([operation, scope, expectation.status, answers.own.text]);
    if (expectation.ids === 'none') {
      // Lists and the ledger show admins that name no tenant all of them.
      for (const id of scope === 'admin' ? [] : [FOREIGN, foreign.endpoint, foreign.event, foreign.key, foreign.source]) expect(answers.own.text).not.toContain(id);
    } else if (scope === 'admin' && expectation.isForAllTenants === true) expect([operation, answers.foreign.status]).toEqual([operation, expectation.status]);
    else {
      expect([operation, scope, toForeign]).toEqual([operation, scope, toMissing]);
      // The time of an answer does not tell either: the same statements find nothing.
      expect([operation, scope, watchedForeign.statements]).toEqual([operation, scope, watchedMissing.statements]);
      // Nothing of the other tenant has been shown.
      expect(toForeign).not.toContain(FOREIGN);
      expect(withoutIds(answers.own, own)).not.toBe(toForeign);
    }
  }
});

it('statements of requests have been watched', () => {
  expect(watched).toBeGreaterThan(Object.keys(OPERATIONS).length);
});

it('what a foreign id was tried for has changed nothing', async () => {
  const resources = await createResources(store, FOREIGN);
  const state = async (): Promise<unknown> => (await store.query(
    `select (select json_agg(e) from endpoints e where tenant = $1) endpoints, (select json_agg(d) from deliveries d where tenant = $1) deliveries, (select json_agg(l) from lanes l where tenant = $1) lanes,
       (select json_agg(k) from api_keys k where tenant = $1) keys, (select json_agg(s) from sources s where tenant = $1) sources, (select json_agg(r) from replays r where tenant = $1) replays, (select json_agg(t) from tenants t where id = $1) tenants, (select count(*) from audit_log where tenant = $1) audit`, [FOREIGN])).rows[0] as unknown;
  const before = await state();
  for (const [operation, expectation] of Object.entries(OPERATIONS)) {
    if (expectation.ids !== 'none' && expectation.scope !== 'admin') await call(operation, expectation, resources, 'manage');
  }
  expect(await state()).toEqual(before);
});
