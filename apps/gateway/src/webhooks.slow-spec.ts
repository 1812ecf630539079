import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { type Answer, type GatewayClient, withoutRequestId } from '#dev/testing/gateway-client';
import { waitUntil } from '#dev/testing/wait-until';
import { mintId, parsePublicId, toPublicId } from '#domain/ids';
import { GatewayWithStore } from '../fixtures/gateway-under-test.js';
import { createSource, stripeEvent, stripeHeaders, TEST_SECRET, type TestSource } from '../fixtures/webhook-sources.js';

let store: pg.Client;
let gateway: GatewayWithStore;
let client: GatewayClient;

beforeAll(async () => {
  gateway = await GatewayWithStore.start({ KAFKA_BROKERS: '127.0.0.1:1', LOCKSTEP_MAX_BODY_BYTES: '65536' });
  ({ client, store } = gateway);
  await client.send('PUT', '/v1/tenants/acme', {});
});

afterAll(async () => {
  await gateway.stop();
});

const create = (source?: TestSource): Promise<string> => createSource((sql, values) => store.query(sql, values), source);

/** As Stripe sends it: without an API key. */
async function send(reference: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = stripeHeaders(Buffer.from(body)), method = 'POST'): Promise<Answer> {
  return client.call(method, reference.startsWith('/') ? reference : `/in/${reference}`, { body, headers: { authorization: 'none', ...headers } });
}

interface Stored {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly entity: string;
  readonly key: string | null;
  readonly contentType: string;
  readonly payload: Buffer;
}

async function stored(source: string): Promise<Stored[]> {
  const { rows } = await store.query<Stored>('select id, source, type, entity, idempotency_key as key, content_type as "contentType", payload from events where accepted_by = $1 order by accept_seq', [source]);
  return rows;
}

async function claims(): Promise<number> {
  const { rows: [row] } = await store.query<{ n: number }>('select count(*)::integer as n from idempotency_keys');
  return row?.n ?? 0;
}

const metric = async (name: string): Promise<number> => Number(new RegExp(`^${name.replaceAll(/[{}"]/g, '\\$&')} (\\d+)$`, 'm').exec((await client.get('/metrics')).text)?.[1] ?? NaN);

describe('a signed webhook', () => {
  it('is stored byte for byte under its source, and answered as its provider expects', async () => {
    const source = await create({ name: 'stripe.shop' });
    const body = ` { "id" : "evt_1",\n"type":"customer.subscription.updated", "data":{"object":{"id":"sub_1","customer":"cus_ü"}} } \n`;
    const answer = await send('stripe.shop', body, { ...stripeHeaders(body), 'content-type': 'application/json; charset=UTF-8' });
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([200, '{"received":true}', 'application/json; charset=utf-8']);
    const [event] = await stored(source);
    expect(event).toMatchObject({ source: 'stripe.shop', type: 'customer.subscription.updated', entity: 'cus_ü', key: 'evt_1', contentType: 'application/json; charset=UTF-8' });
    expect(event?.payload.toString()).toBe(body);
    const id = toPublicId('evt', event?.id ?? '');
    expect((await client.get(`/v1/events/${id}`)).json).toMatchObject({ source: 'stripe.shop', idempotencyKey: 'evt_1' });
    expect((await client.get(`/v1/events/${id}/timeline`)).json).toMatchObject({ data: [{ kind: 'accepted', source: 'stripe.shop', by: source, idempotencyKey: 'evt_1' }, {}] });
  });

  it('is to be sent again while a secret cannot be read, unless another one matches', async () => {
    const source = await create();
    await store.query("insert into source_secrets (source, secret) select id, '\\x00' from sources where public_id = $1", [parsePublicId('src', source)]);
    expect((await send(source, stripeEvent())).status).toBe(200);
    const body = stripeEvent();
    const answer = await send(source, body, stripeHeaders(body, { secret: 'whsec_another' }));
    expect(answer).toMatchObject({ status: 503, json: { code: 'source_unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('60');
  });

  it('goes to a source of another tenant by its id, and not by its name', async () => {
    const source = await create({ tenant: 'acme', name: 'acme-stripe' });
    expect((await send('acme-stripe', stripeEvent())).status).toBe(404);
    expect((await send(source, stripeEvent())).status).toBe(200);
    const { rows } = await store.query<{ tenant: string }>('select tenant from events where accepted_by = $1', [source]);
    expect(rows).toEqual([{ tenant: 'acme' }]);
  });

  it('may have any content type, or none, and any charset', async () => {
    const source = await create({ settings: { id: 'query:n', type: 'none', entity: 'query:n' } });
    const types = ['text/plain', 'application/xml; charset=iso-8859-1', 'application/json; charset=utf-16', 'application/cloudevents+json', 'application/x-ndjson', 'multipart/form-data; boundary=x'];
    for (const [n, type] of types.entries()) expect([type, (await send(`${source}?n=${n}`, 'x\0y', { ...stripeHeaders('x\0y'), 'content-type': type })).status]).toEqual([type, 200]);
    // fetch gives bytes no type.
    const untyped = await fetch(`${client.url}/in/${source}?n=untyped`, { method: 'POST', headers: stripeHeaders('{}'), body: Buffer.from('{}') });
    const empty = await fetch(`${client.url}/in/${source}?n=empty`, { method: 'POST', headers: stripeHeaders('') });
    expect([untyped.status, empty.status]).toEqual([200, 200]);
    expect((await stored(source)).map(({ contentType }) => contentType)).toEqual([...types, 'application/octet-stream', 'application/octet-stream']);
  });

  it('is taken with a content type that is none, which counts as unknown', async () => {
    const source = await create({ settings: { id: 'query:n', type: 'none', entity: 'query:n' } });
    const types = ['json', 'a b', ';', `text/plain; x=${'a'.repeat(250)}`, 'text/plain; x="\u00e9"', 'application/x-www-form-urlencoded, application/json'];
    for (const [n, type] of types.entries()) expect([type, (await send(`${source}?n=${n}`, '{}', { ...stripeHeaders('{}'), 'content-type': type })).status]).toEqual([type, 200]);
    expect(new Set((await stored(source)).map(({ contentType }) => contentType))).toEqual(new Set(['application/octet-stream']));
  });

  it('is read as JSON if that was sent as a form, as `curl -d` does', async () => {
    const source = await create();
    const body = stripeEvent({ type: 'invoice.paid', customer: 'cus_curl' });
    expect((await send(source, body, { ...stripeHeaders(body), 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(200);
    expect(await stored(source)).toMatchObject([{ type: 'invoice.paid', entity: 'cus_curl', contentType: 'application/x-www-form-urlencoded' }]);
  });

  it('has the id, type and entity that the settings of its source say', async () => {
    const settings = { id: 'header:x-id', type: '{form:Kind}/{query:v}', entity: '{source:name}:{form:From|form:To}' };
    const source = await create({ name: 'form', settings });
    const body = 'Kind=sms+received&To=%2B49&From=';
    const answer = await send(`${source}?v=2`, body, { ...stripeHeaders(body), 'content-type': 'application/x-www-form-urlencoded', 'x-id': 'SM1' });
    expect([answer.status, await stored(source)]).toMatchObject([200, [{ key: 'SM1', type: 'sms_received.2', entity: 'form:+49' }]]);
  });

  it('has numbers as they stand, and a key of any length', async () => {
    const source = await create({ settings: { entity: 'json:/n' } });
    const id = 'x'.repeat(300);
    const body = stripeEvent({ id }).replace('{', '{"n":12345678901234567890.10,');
    expect((await send(source, body)).status).toBe(200);
    expect((await send(source, body)).headers.get('idempotent-replayed')).toBe('true');
    expect(await stored(source)).toMatchObject([{ entity: '12345678901234567890.10', key: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }]);
  });
});

it('the check of an address is answered once it is verified, and makes no event', async () => {
  const source = await create({ provider: 'slack', secrets: ['signing-secret'] });
  const body = JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1aB' });
  const sign = (secret: string): Record<string, string> => {
    const time = String(Math.floor(Date.now() / 1_000));
    return { 'x-slack-request-timestamp': time, 'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}` };
  };
  const answered = await metric('lockstep_source_requests_total{provider="slack",outcome="answered"}');
  expect((await send(source, body, sign('another'))).status).toBe(401);
  expect(await send(source, body, sign('signing-secret'))).toMatchObject({ status: 200, text: '3eZbrw1aB' });
  expect([await stored(source), await metric('lockstep_source_requests_total{provider="slack",outcome="answered"}')]).toEqual([[], answered + 1]);
});

describe('a webhook that comes again', () => {
  it('is answered in the same way, also with another body, and makes no second event', async () => {
    const source = await create();
    const id = `evt_${mintId()}`;
    const answers = [await send(source, stripeEvent({ id })), await send(source, stripeEvent({ id, pending_webhooks: 0 }))];
    expect(answers.map(({ status, text, headers }) => [status, text, headers.get('idempotent-replayed')])).toEqual([[200, '{"received":true}', null], [200, '{"received":true}', 'true']]);
    expect(await stored(source)).toHaveLength(1);
  });

  it('is an event of its own at another source, and beside a post with the same key', async () => {
    const [one, other] = [await create(), await create()];
    const id = `evt_${mintId()}`;
    await client.post('order-1', {}, { 'idempotency-key': id });
    for (const source of [one, other]) expect((await send(source, stripeEvent({ id }))).headers.get('idempotent-replayed')).toBeNull();
    expect([await stored(one), await stored(other)].map((events) => events.length)).toEqual([1, 1]);
  });

  it('is a conflict that names the first event, at a source with `duplicates: conflict`', async () => {
    const source = await create({ duplicates: 'conflict' });
    const body = stripeEvent();
    await send(source, body);
    const [event] = await stored(source);
    expect(await send(source, body)).toMatchObject({ status: 409, json: { code: 'conflict', id: toPublicId('evt', event?.id ?? '') } });
  });

  it('requeues its dead deliveries once, at a source with `resubmit: requeue-dead`', async () => {
    const source = await create({ duplicates: 'conflict', resubmit: 'requeue-dead' });
    const body = stripeEvent();
    await send(source, body);
    const [event] = await stored(source);
    const { rows: [endpoint] } = await store.query<{ id: number }>("insert into endpoints (public_id, tenant, url) values ($1, 'default', 'http://127.0.0.1:1/') returning id", [mintId()]);
    await store.query(
      `insert into deliveries (event_id, endpoint, tenant, shard, status, attempts, dead_reason, finished_at)
      select id, $2, tenant, shard, 'dead', 3, 'attempts_exhausted', now() from events where id = $1::uuid`, [event?.id, endpoint?.id]);
    expect([(await send(source, body)).status, (await send(source, body)).status]).toEqual([200, 409]);
    const { rows } = await store.query("select actor_type, actor, request_id is not null as named from audit_log where action = 'event.requeued' and subject = $1", [toPublicId('evt', event?.id ?? '')]);
    expect(rows).toEqual([{ actor_type: 'source', actor: source, named: true }]);
  });
});

describe('a webhook that is not signed with a secret of its source', () => {
  it('is refused in the same words whatever is wrong, and nothing is stored or claimed', async () => {
    const source = await create();
    const body = stripeEvent();
    const signed = stripeHeaders(body)['stripe-signature'] ?? '';
    const before = await claims();
    const [mismatches, missing] = [await metric('lockstep_source_rejected_total{provider="stripe",reason="mismatch"}'), await metric('lockstep_source_rejected_total{provider="stripe",reason="missing"}')];
    const answers = [
      await send(source, body, {}),
      await send(source, body, { 'stripe-signature': 'nonsense' }),
      await send(source, `${body} `, { 'stripe-signature': signed }),
      await send(source, body, { 'stripe-signature': signed.replace(/t=\d/, 't=2') }),
      await send(source, body, { 'stripe-signature': signed.slice(0, -1) }),
      await send(source, body, stripeHeaders(body, { secret: `${TEST_SECRET}x` })),
      await send(source, body, stripeHeaders(body, { atMs: Date.now() - 301_000 })),
      await send(source, body, stripeHeaders(body, { atMs: Date.now() + 301_000 })),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${withoutRequestId(text)}`)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, json: { code: 'invalid_signature' } });
    expect([await claims(), await stored(source)]).toEqual([before, []]);
    expect(await metric('lockstep_source_rejected_total{provider="stripe",reason="mismatch"}')).toBeGreaterThanOrEqual(mismatches + 2);
    expect(await metric('lockstep_source_rejected_total{provider="stripe",reason="missing"}')).toBe(missing + 1);
    // Its key is free for the genuine one.
    expect((await send(source, body)).headers.get('idempotent-replayed')).toBeNull();
  });

  it('is accepted with each secret that has not expired, and with an expired one no more', async () => {
    const source = await create({ secrets: ['whsec_new', { value: 'whsec_old', expiresIn: '1 hour' }, { value: 'whsec_expired', expiresIn: '-1 second' }, { value: 'whsec_expiring', expiresIn: '1 second' }] });
    const sendWith = async (secret: string): Promise<number> => {
      const body = stripeEvent();
      return (await send(source, body, stripeHeaders(body, { secret }))).status;
    };
    expect([await sendWith('whsec_new'), await sendWith('whsec_old'), await sendWith('whsec_expired')]).toEqual([200, 200, 401]);
    await waitUntil('the expiry of a secret', async () => (await sendWith('whsec_expiring')) === 401);
  });
});

describe('refused are', () => {
  it('unknown sources, in the same words for every name, and /stripe/webhook without the source `stripe`', async () => {
    const references = ['nobody', 'src_0', toPublicId('src', mintId()), 'a'.repeat(2_000), '%00', '%F0%9F%98%80', 'a%2Fb', '/stripe/webhook', await create({ name: 'topic', provider: 'kafka' })];
    const answers = await Promise.all(references.map((reference) => send(reference, stripeEvent())));
    expect(new Set(answers.map(({ status, text }) => `${status} ${withoutRequestId(text)}`)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, json: { code: 'not_found' } });
    await create({ name: 'stripe' });
    await waitUntil('the source', async () => (await send('/stripe/webhook', stripeEvent())).status === 200);
  });

  it.each(['/in/some', '/stripe/webhook'])('other methods of %s', async (path) => {
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await fetch(client.url + path, { method });
      expect([method, status, headers.get('allow')]).toEqual([method, 405, 'POST']);
    }
  });

  it('disabled sources, and sources of disabled tenants, until they are enabled', async () => {
    const source = await create({ enabled: false });
    expect(await send(source, stripeEvent())).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    await store.query('update sources set enabled = true where public_id = $1::uuid', [source.slice(4)]);
    await waitUntil('the source is enabled', async () => (await send(source, stripeEvent())).status === 200);
    const other = await create({ tenant: 'acme' });
    await client.send('PUT', '/v1/tenants/acme', { status: 'disabled' });
    await waitUntil('the tenant is disabled', async () => (await send(other, stripeEvent())).status === 403);
    await client.send('PUT', '/v1/tenants/acme', { status: 'active' });
    await waitUntil('the tenant is enabled', async () => (await send(other, stripeEvent())).status === 200);
  });

  it('with a 5xx what may pass later, where the provider does not send again after a 4xx', async () => {
    const source = await create({ provider: 'twilio', enabled: false });
    const answer = await send(source, 'a=b', {});
    expect(answer).toMatchObject({ status: 503, json: { code: 'source_unavailable', detail: expect.stringContaining('disabled') } });
    expect(answer.headers.get('retry-after')).toBe('60');
  });

  it.each([['twilio', { 'x-twilio-signature': Buffer.alloc(20).toString('base64') }], ['square', { 'x-square-hmacsha256-signature': Buffer.alloc(32).toString('base64') }]])('with a 503 that tells nothing, requests of %s until LOCKSTEP_PUBLIC_URL is set, which the source says', async (provider, headers) => {
    const source = await create({ provider, secrets: ['secret'] });
    const answer = await send(source, '', headers);
    expect(answer).toMatchObject({ status: 503, json: { code: 'source_unavailable' } });
    expect([answer.text.includes('LOCKSTEP'), answer.headers.get('retry-after')]).toEqual([false, '60']);
    const shown = await waitUntil('the refusal', async () => {
      const { lastRejection } = (await client.get(`/v1/sources/${source}`)).json as { lastRejection: { detail: string } | null };
      return lastRejection ?? undefined;
    });
    expect(shown.detail).toContain('set LOCKSTEP_PUBLIC_URL');
  });

  it('sources whose settings no longer fit their provider, which counts', async () => {
    const failed = await metric('lockstep_source_requests_total{provider="none",outcome="failed"}');
    const source = await create({ provider: 'none', secrets: [], settings: { networks: ['nowhere'] } });
    expect((await send(source, '{}', {})).status).toBe(500);
    expect(await metric('lockstep_source_requests_total{provider="none",outcome="failed"}')).toBe(failed + 1);
  });

  it('bodies that are too large or compressed, and what has no value in a field', async () => {
    const source = await create({ settings: { entity: 'json:/data/object/customer' } });
    const refused = await metric('lockstep_source_requests_total{provider="stripe",outcome="refused"}');
    expect(await send(source, 'x'.repeat(65_537))).toMatchObject({ status: 413, json: { code: 'payload_too_large' } });
    expect(await send(source, stripeEvent(), { ...stripeHeaders(stripeEvent()), 'content-encoding': 'gzip' })).toMatchObject({ status: 415 });
    expect(await send(source, '{"type":"a"}')).toMatchObject({ status: 400, json: { code: 'invalid_request', errors: [{ path: 'id', message: expect.stringContaining('settings.id') }, { path: 'entity' }] } });
    expect(await send(source, '{"id"')).toMatchObject({ status: 400, json: { errors: [{ path: 'id', message: expect.stringContaining('not JSON') }, {}, {}] } });
    expect(await send(source, stripeEvent({ customer: 'a\nb' }))).toMatchObject({ status: 400, json: { errors: [{ path: 'entity' }] } });
    expect(await send(source, `${'['.repeat(30_000)}${']'.repeat(30_000)}`)).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
    expect(await stored(source)).toEqual([]);
    expect(await metric('lockstep_source_requests_total{provider="stripe",outcome="refused"}')).toBe(refused + 6);
  });

  it('events that the tenant does not take: their types, their schemas, and more than its limit', async () => {
    const source = await create({ tenant: 'acme' });
    await client.call('PUT', '/v1/event-types/known', { body: JSON.stringify({ schema: { required: ['livemode'] } }), headers: { 'lockstep-tenant': 'acme' } });
    await client.send('PUT', '/v1/tenants/acme', { unknownEventTypes: 'reject' });
    await waitUntil('unknown types are refused', async () => (await send(source, stripeEvent())).status === 400);
    expect(await send(source, stripeEvent())).toMatchObject({ status: 400, json: { code: 'unknown_event_type' } });
    expect(await send(source, stripeEvent({ type: 'known' }))).toMatchObject({ status: 400, json: { code: 'schema_mismatch' } });
    expect((await send(source, stripeEvent({ type: 'known', livemode: true }))).status).toBe(200);
    await client.send('PUT', '/v1/tenants/acme', { unknownEventTypes: 'accept', ingestRateLimit: { perSecond: 0.01, burst: 1 } });
    const limited = await waitUntil('the limit', async () => {
      const answer = await send(source, stripeEvent());
      return answer.status === 429 ? answer : undefined;
    });
    expect(limited.json).toMatchObject({ code: 'rate_limited' });
    expect([limited.headers.get('ratelimit'), Number(limited.headers.get('retry-after')) > 0]).toEqual([expect.stringMatching(/^"tenant";r=0/), true]);
  });
});

it('what became of requests stands in the statistics of their source, also of those whose body was not read', async () => {
  const source = await create();
  const body = stripeEvent();
  for (const sent of [body, body, '{}', 'x'.repeat(65_537)]) await send(source, sent);
  await send(source, body, {});
  const outcomes = await waitUntil('the statistics', async () => {
    const { outcomes: found } = (await client.get(`/v1/sources/${source}/stats`)).json as { outcomes: { outcome: string; count: number }[] };
    return found.length === 5 ? found : undefined;
  });
  expect(outcomes.map(({ outcome, count }) => `${outcome} ${count}`).sort()).toEqual(['accepted 1', 'duplicate 1', 'invalid_request 1', 'invalid_signature 1', 'payload_too_large 1']);
});

it('what is refused after it was verified stands at /v1/rejections, under the source; what was not verified does not', async () => {
  const source = await create({ name: 'rejected', duplicates: 'conflict' });
  const body = stripeEvent();
  await send(source, body);
  await send(source, body);
  await send(source, '{}');
  await send(source, body, {});
  const found = await waitUntil('the rejections', async () => {
    const { data } = (await client.get('/v1/rejections?source=rejected')).json as { data: { key: string; code: string; count: number }[] };
    return data.length === 2 ? data : undefined;
  });
  expect(found.map(({ key, code, count }) => [key, code, count]).sort()).toEqual([[source, 'conflict', 1], [source, 'invalid_request', 1]]);
});
