import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { LockstepError, type ProblemDetail } from '#domain/problem';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import { projectRoot } from '#ground/config/project-root';
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

/** The filters in the table of docs/endpoints.md. */
function documentedFilters(): string[] {
  const page = readFileSync(path.join(projectRoot(), 'docs/endpoints.md'), 'utf8');
  const [, table = ''] = /^\| `filter` \| matches \|\n\|[-|]+\n((?:\|.*\n)+)/m.exec(page) ?? [];
  return [...table.matchAll(/^\| `((?:[^`|]|\\\|)+)` \|/gm)].map(([, filter = '']) => filter.replaceAll('\\|', '|'));
}

describe('the filter of an endpoint', () => {
  it('may be each of the documented ones, which match and fail to match as documented', async () => {
    const filters = documentedFilters();
    expect(filters).toHaveLength(11);
    for (const filter of filters) await create(filter);
    const matching = { total: 101, country: 'DE', coupon: 'SPRING', items: [{ sku: 'A-1', quantity: 10, price: 4 }], email: 'test@Example.com', paid: 100 };
    const others = { total: 1, country: 'FR', test: true, items: [{ sku: 'B-1', quantity: 10, price: 6 }, { sku: 'B-2', quantity: 1, price: 4 }], email: 'a@example.com.test', paid: 1 };
    const { rows } = await fixture.pool.query<{ filter: string; matches: boolean; others: boolean }>(
      "select f as filter, coalesce(jsonb_path_match($2, f::jsonpath, '{}', true), false) as matches, coalesce(jsonb_path_match($3, f::jsonpath, '{}', true), false) as others from unnest($1::text[]) f",
      [filters, { data: matching }, { data: others }]);
    expect(rows).toEqual(filters.map((filter) => ({ filter, matches: true, others: false })));
  });

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
