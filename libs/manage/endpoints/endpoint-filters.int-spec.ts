import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { LockstepError, type ProblemDetail } from '#domain/problem';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import { endpointChangeSchema, newEndpointSchema } from './endpoint.schema.js';
import { EndpointsModule } from './endpoints.module.js';
import { EndpointsService } from './endpoints.service.js';

const url = 'http://127.0.0.1:9/';

let fixture: ShardFixture;
let gateway: TestingModule;
let endpoints: EndpointsService;

beforeAll(async () => {
  fixture = await createShardFixture();
  gateway = await testModules(fixture.url, [EndpointsModule], { env: { LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8' } }).compile();
  endpoints = gateway.get(EndpointsService);
});

afterAll(async () => {
  await gateway.close();
  await fixture.close();
});

const create = (filter?: string | null): ReturnType<EndpointsService['create']> => endpoints.create(TEST_PRINCIPAL, newEndpointSchema.parse({ url, filter }));
const change = (id: string, filter: string | null): ReturnType<EndpointsService['change']> => endpoints.change(TEST_PRINCIPAL, id, endpointChangeSchema.parse({ filter }));

/** The path and text of a refusal. */
async function refusalOf(request: Promise<unknown>): Promise<ProblemDetail> {
  const error: unknown = await request.then(() => undefined, (reason: unknown) => reason);
  if (!(error instanceof LockstepError) || error.code !== 'invalid_request' || error.errors[0] === undefined) throw new Error('Not refused', { cause: error });
  return error.errors[0];
}

describe('the filter of an endpoint', () => {
  it('is kept as it was given, is changed, and ends with null', async () => {
    const filter = '$.data.customer.country == "DE"  &&  $.data.total >= 1e1';
    const { id } = await create(filter);
    expect((await endpoints.get('default', id)).filter).toBe(filter);
    expect((await change(id, '$.a > 1')).filter).toBe('$.a > 1');
    expect((await endpoints.change(TEST_PRINCIPAL, id, endpointChangeSchema.parse({ description: 'other' }))).filter).toBe('$.a > 1');
    expect((await endpoints.list('default', { limit: 1 })).data[0]?.filter).toBe('$.a > 1');
    expect((await change(id, null)).filter).toBeNull();
    expect((await create()).filter).toBeNull();
    expect((await create(null)).filter).toBeNull();
  });

  it.each([
    '$.data.total > 100',
    'exists ($.items[*] ? (@.sku starts with "A"))',
    '$.a.b[0] == null || !($.c == true) || ($.d < 1) is unknown',
    'strict $.a < $.b',
    'lax $.name like_regex "^[A-Z]{2}-[0-9]+$" flag "i"',
    '$.price.double() / 100 > 5',
    '$.items.size() > 3 && $.items.type() == "array"',
    '$."@" == "$x ?(1)"',
    `$.a == "${'x'.repeat(1_015)}"`,
  ])('may be %s', async (filter) => {
    expect((await create(filter)).filter).toBe(filter);
  });

  it.each([
    ['$.total >', /^is not in the SQL\/JSON path language: syntax error at end$/],
    ['$.total ! 1', /syntax error at or near "!?/],
    ['total > 1', /syntax error/],
    ['@.a > 1', /@ is not allowed in root expressions/],
    ['$.a like_regex "("', /invalid regular expression/],
    ['$.a > 1e400000', /is not in the SQL\/JSON path language/],
    ['$.a == "\\u0000"', /is not in the SQL\/JSON path language/],
    [`${'('.repeat(500)}$.a${')'.repeat(500)}`, /predicate/],
    ['$.a > 1e100000', /digits/],
    [Array.from({ length: 90 }, () => '1e131071').join(' + '), /predicate|digits/],
    ['$.a', /must be a predicate/],
    ['$.items[*] ? (@ > 1)', /must be a predicate/],
    ['$.a == $limit', /variables/],
    ['$.** == 1', /\*\*/],
    ['$[*] == $[*]', /each item/],
    ['$.at.datetime() < $.until.datetime()', /\.datetime\(\)/],
    ['$.a like_regex "(a)\\\\1"', /back references/],
  ])('may not be %s', async (filter, problem) => {
    const { path, message } = await refusalOf(create(filter));
    expect(path).toBe('/filter');
    expect(message).toMatch(problem);
    const { id } = await create('$.a > 1');
    expect(await refusalOf(change(id, filter))).toEqual({ path, message });
    expect((await endpoints.get('default', id)).filter).toBe('$.a > 1');
  });

  it('is refused for an endpoint that was made for a destination, whose events are not filtered', async () => {
    await fixture.pool.query("insert into sources (public_id, tenant, name, provider) values (gen_random_uuid(), 'default', 'webhooks', 'hmac')");
    const { rows } = await fixture.pool.query<{ id: number }>('select id from sources');
    await endpoints.destination(TEST_PRINCIPAL, { id: rows[0]?.id ?? 0, name: 'webhooks' }, 'http://127.0.0.1:9/made');
    const [made] = (await endpoints.list('default', { limit: 1 })).data;
    expect((await refusalOf(change(made?.id ?? '', '$.a > 1'))).path).toBe('/filter');
  });
});
