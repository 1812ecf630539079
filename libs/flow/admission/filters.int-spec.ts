import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import { fuzz } from '#dev/testing/fuzz';
import { jsonText } from '#dev/testing/hostile-input';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TestGroup } from '#dev/testing/test-group';
import { testModules } from '#dev/testing/test-modules';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { failureOf } from '#ground/postgres/sql-errors';
import { AdmissionModule } from './admission.module.js';
import { AdmissionRepository, type ShardAdmission, type ShardVerdict } from './admission.repository.js';

type Admitted = ShardVerdict & { kind: 'admitted' };

let fixture: ShardFixture;
let dispatcher: TestingModule;
let repository: AdmissionRepository;
let epoch: number;

beforeAll(async () => {
  fixture = await createShardFixture();
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), new TestGroup().module, AdmissionModule]).compile();
  repository = dispatcher.get(AdmissionRepository);
});

beforeEach(async () => {
  await fixture.pool.query('update endpoints set deleted_at = now() where deleted_at is null');
  epoch = await fixture.takeShard(0);
});

afterAll(async () => {
  await dispatcher.close();
  await fixture.close();
});

const accept = (bodies: readonly (string | Buffer)[], entity = 'order', type = 'order.created'): Promise<string[]> =>
  fixture.accept(bodies.map((body) => ({ shard: 0, entity, type, payload: Buffer.from(body) })));

async function admit(eventIds: readonly string[], changes: Partial<ShardAdmission> = {}): Promise<Admitted> {
  const [verdict] = await repository.admit([{ shard: 0, epoch, eventIds, parked: [], nextOffset: undefined, caughtUp: false, ...changes }]);
  if (verdict?.kind !== 'admitted') throw new Error(`Not admitted: ${verdict?.kind}`);
  return verdict;
}

/** The places in `ids` of the events that an endpoint gets. */
const placesOf = ({ deliveries }: Admitted, ids: readonly string[], endpoint: number): number[] => deliveries.filter((delivery) => delivery.endpoint === endpoint).map(({ eventId }) => ids.indexOf(eventId));

interface InboxRow {
  readonly routes: number;
  readonly filtered: number | null;
  readonly endpoints: number[] | null;
}

async function inboxOf(ids: readonly string[]): Promise<InboxRow[]> {
  const { rows } = await fixture.pool.query<InboxRow>('select i.routes, i.filtered, i.filtered_endpoints as endpoints from unnest($1::uuid[]) with ordinality as e (id, n) join inbox i on i.event_id = e.id order by n', [ids]);
  return rows;
}

const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** Each of them has broken a parser of JSON, or is not JSON. None matches `$.ok == true`. */
const POISON: readonly (string | Buffer)[] = [
  '', ' ', 'x=1&y=2', 'nonsense', '{"ok":true', '{"ok":true}}', '\ufeff{"ok":true}', '{"ok":true,"a":"\\u0000"}', '{"ok":true,"a":"\\ud800"}', '{"ok":true,"a":"\\udc00\\ud800"}', Buffer.from([0]), Buffer.from('{"ok":true,"a":"\0"}'),
  Buffer.from('{"ok":true,"a":"\xff"}', 'latin1'), Buffer.from('7b226f6b223a747275652c2261223a22eda080227d', 'hex'), '{"ok":true,"a":1e400000}', '{"ok":true,"a":-1e400000}', `{"ok":true,"a":${'9'.repeat(140_000)}}`,
  deep(10_000), deep(100_000), `{"ok":true,"a":${deep(100_000)}}`, '{"ok":'.repeat(50_000) + 'true' + '}'.repeat(50_000), `{"ok":true,"a":"${'x'.repeat(5_242_860)}"}`, `{"ok":true,"a":${'['.repeat(262_000)}`, 'NaN', '{"ok":NaN}', "{'ok':true}",
];

/** By a statement of its own, in which an error ends nothing but this evaluation. */
async function matches(body: string, filter: string): Promise<boolean> {
  try {
    const { rows } = await fixture.pool.query<{ matches: boolean | null }>("select jsonb_path_match(convert_from($1, 'UTF8')::jsonb, $2::text::jsonpath, '{}', true) as matches", [Buffer.from(body), filter]);
    return rows[0]?.matches === true;
  } catch (error) {
    if (failureOf(error) === 'bad_value') return false;
    throw error;
  }
}

const { predicate } = fc.letrec<{ predicate: string; comparison: string }>((tie) => ({
  comparison: fc.oneof(
    fc.tuple(fc.constantFrom('$', '$.a', '$.b', '$.a.b', '$.b[*]', '$.*', '$[0]', '$.a.size()', '$.a + 1', '1 / $.a', '-$.a'), fc.constantFrom('==', '!=', '<', '>', '<=', '>='), fc.constantFrom('1', '-2', '0', '2.5', '"a"', 'true', 'null')).map((parts) => parts.join(' ')),
    fc.constantFrom('exists ($.a)', 'exists ($.b[*] ? (@ > 1))', 'exists ($ ? (@.a.b == 1))', '$.a starts with "a"', '$.a like_regex "^ab?$"', '($.a > 1) is unknown'),
  ),
  predicate: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    tie('comparison'),
    fc.tuple(tie('predicate'), fc.constantFrom('&&', '||'), tie('predicate')).map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
    tie('predicate').map((inside) => `!(${inside})`),
  ),
}));

describe('a filter', () => {
  it('decides by the body who gets an event, together with the event types; sequences have no gaps', async () => {
    const every = await fixture.createEndpoint();
    const large = await fixture.createEndpoint({ filter: '$.data.total > 100' });
    const other = await fixture.createEndpoint({ eventTypes: ['invoice.*'], filter: '$.data.total > 100' });
    const both = await fixture.createEndpoint({ filter: 'exists ($.data.items[*] ? (@.sku starts with "A")) && $.data.total >= 1', ordering: 'none' });
    const ids = await accept([99, 101, 100, 500].map((total, n) => JSON.stringify({ data: { total, items: [{ sku: n % 2 === 0 ? 'A1' : 'B1' }] } })), 'decides');
    const verdict = await admit(ids);
    expect([every, large, other, both].map((endpoint) => placesOf(verdict, ids, endpoint))).toEqual([[0, 1, 2, 3], [1, 3], [], [0, 2]]);
    expect(verdict.deliveries.filter(({ endpoint }) => endpoint === large).map(({ place }) => place?.sequence)).toEqual([1, 2]);
    expect(verdict).toMatchObject({ admitted: 4, filtered: 4 });
    expect(await inboxOf(ids)).toEqual([
      { routes: 2, filtered: 1, endpoints: [large] }, { routes: 2, filtered: 1, endpoints: [both] }, { routes: 2, filtered: 1, endpoints: [large] }, { routes: 2, filtered: 1, endpoints: [both] },
    ]);
    const { rows } = await fixture.pool.query<{ n: number }>('select count(*)::integer as n from deliveries where event_id = any($1)', [ids]);
    expect(rows).toEqual([{ n: 8 }]);
    // What was admitted before stays as it is.
    await fixture.pool.query("update endpoints set filter = '$.data.total > 0' where id = $1", [large]);
    expect(await admit(ids)).toMatchObject({ admitted: 0, filtered: 0, duplicates: 4, deliveries: [] });
    expect(placesOf(await admit(await accept(['{"data":{"total":1}}'], 'decides')), [], large)).toHaveLength(1);
  });

  it('leaves the inbox of other events as it was', async () => {
    await fixture.createEndpoint();
    await fixture.createEndpoint({ filter: '$.ok == true' });
    const ids = await accept(['{"ok":true}'], 'as it was');
    expect(await admit(ids)).toMatchObject({ admitted: 1, filtered: 0 });
    expect(await inboxOf(ids)).toEqual([{ routes: 2, filtered: null, endpoints: null }]);
  });

  it('is not asked about an event that names its destination', async () => {
    const endpoint = await fixture.createEndpoint({ filter: '$.ok == true' });
    const ids = await fixture.accept([{ shard: 0, entity: 'named', payload: Buffer.from('no'), destination: endpoint }]);
    expect(placesOf(await admit(ids), ids, endpoint)).toEqual([0]);
  });

  it('does not match a body that is not JSON, and no such body keeps its neighbours from being admitted', async () => {
    const every = await fixture.createEndpoint();
    const filtering = await fixture.createEndpoint({ filter: '$.ok == true' });
    for (let from = 0; from < POISON.length; from += 9) {
      const bodies = Array.from({ length: 500 }, (_, n) => POISON[n % 50 === 25 ? from + Math.floor(n / 50) : POISON.length] ?? '{"ok":true}');
      const ids = await accept(bodies, `poison ${from}`);
      const good = ids.flatMap((_, n) => (bodies[n] === '{"ok":true}' ? [n] : []));
      const verdict = await admit(ids);
      expect(verdict).toMatchObject({ admitted: 500, filtered: 500 - good.length, postponed: [] });
      expect(placesOf(verdict, ids, filtering)).toEqual(good);
      expect(placesOf(verdict, ids, every)).toEqual(ids.map((_, n) => n));
      expect(verdict.deliveries.filter(({ endpoint }) => endpoint === filtering).map(({ place }) => place?.sequence)).toEqual(good.map((_, n) => n + 1));
    }
  });

  it.each([
    ['$.a > 1', '{"a":"2"}'], ['strict $.a > 1', '{}'], ['1 / $.a > 0', '{"a":0}'], ['5 % $.a > 0', '{"a":0}'], ['$.a + 1 > 0', '{"a":"x"}'], ['$.a + 1 > 0', '{"a":[1,2]}'], ['$.a.number() > 0', '{"a":"NaN"}'],
    ['$.a.integer() > 0', '{"a":1e20}'], ['$.a.double() > 0', '{"a":1e400}'], ['$.a.abs() > 0', '{"a":{}}'], ['strict $[5] == 1', '[1]'], ['$.a.ceiling() > 0', `{"a":${'9'.repeat(131_072)}.5}`],
    ['$.a * 1000 > 0', `{"a":${'9'.repeat(131_072)}}`], ['$.a == 1', `{"a":${'['.repeat(3_000)}1${']'.repeat(3_000)}}`],
    // Not possible by the API, but no reason to fail a batch.
    ['$.a.datetime() < "2026-01-01 00:00:00".datetime()', '{"a":"2025-01-01 00:00:00+01"}'], ['$.a.timestamp_tz() > "2025-01-01".timestamp_tz()', '{"a":"2026-01-01"}'], ['$.a', '{"a":7}'],
  ])('does not match when it fails: %s', async (filter, body) => {
    const failing = await fixture.createEndpoint({ filter });
    const other = await fixture.createEndpoint({ filter: 'exists ($)' });
    const ids = await accept(['{}', body, '{}'], 'fails');
    const verdict = await admit(ids);
    expect(placesOf(verdict, ids, failing)).toEqual([]);
    expect(placesOf(verdict, ids, other)).toEqual([0, 1, 2]);
  });

  it('takes the last of several members with one name, as Postgres does', async () => {
    const endpoint = await fixture.createEndpoint({ filter: '$.a == 2' });
    const ids = await accept(['{"a":2,"a":1}', '{"a":1,"a":2}'], 'twice');
    expect(placesOf(await admit(ids), ids, endpoint)).toEqual([1]);
  });

  it('reads bodies of up to 256 KiB, and fewer bytes when all filters together take too many passes', async () => {
    const sized = (bytes: number): string => `{"ok":true,"a":"${'x'.repeat(bytes - 18)}"}`;
    const one = await fixture.createEndpoint({ filter: '$.ok == true' });
    const ids = await accept([sized(262_144), sized(262_145)], 'large');
    expect(placesOf(await admit(ids), ids, one)).toEqual([0]);
    const costly = await fixture.createEndpoint({ filter: '$.ok == true', filterPasses: 1_023 });
    const more = await accept([sized(65_536), sized(65_537)], 'large');
    const verdict = await admit(more);
    expect([one, costly].map((endpoint) => placesOf(verdict, more, endpoint))).toEqual([[0], [0]]);
  });

  it('adds its passes over the body to what an event weighs, whether it matches or not', async () => {
    await fixture.createEndpoint({ filter: '$.ok == true', filterPasses: 4 });
    const ids = await accept(Array.from({ length: 5 }, () => `{"a":"${'x'.repeat(16_376)}"}`), 'weighs');
    // One endpoint, and four passes over 16 KiB.
    expect(await admit(ids, { mostDeliveries: 6 })).toMatchObject({ admitted: 2, filtered: 2, postponed: ids.slice(2) });
    expect(await admit(ids.slice(2), { mostDeliveries: 1 })).toMatchObject({ admitted: 1, postponed: ids.slice(3) });
  });

  it('of more than 100 endpoints that did not get an event names the oldest 100', async () => {
    const { rows } = await fixture.pool.query<{ id: number }>(
      "insert into endpoints (public_id, tenant, url, filter, filter_passes) select gen_random_uuid(), 'default', 'http://127.0.0.1:9/', '$.n == ' || n, 1 from generate_series(1, 300) as n returning id");
    const endpoints = rows.map(({ id }) => id).sort((one, next) => one - next);
    const ids = await accept(['{"n":150}'], 'many');
    const verdict = await admit(ids);
    expect(verdict.deliveries.map(({ endpoint }) => endpoint)).toEqual([endpoints[149]]);
    expect(await inboxOf(ids)).toEqual([{ routes: 1, filtered: 299, endpoints: endpoints.slice(0, 100) }]);
  });

  it('decides as Postgres does about a single body, for any body and predicate', async () => {
    const endpoint = await fixture.createEndpoint({ filter: '$ == 1' });
    const shaped = fc.record({ a: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom('', 'a', 'ab', null, true, [], [1, 2], [{ b: 1 }], { b: 2 })), b: fc.oneof(fc.double(), fc.boolean(), fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 })) }, { requiredKeys: [] }).map((value) => JSON.stringify(value));
    const bodies = fc.array(fc.oneof({ weight: 3, arbitrary: shaped }, { weight: 1, arbitrary: jsonText }), { minLength: 1, maxLength: 20 });
    await fuzz(fc.tuple(predicate, bodies), async ([filter, texts]) => {
      await fixture.pool.query('update endpoints set filter = $2 where id = $1', [endpoint, filter]);
      const ids = await accept(texts, 'any');
      const verdict = await admit(ids);
      const expected: number[] = [];
      for (const [n, text] of texts.entries()) if (await matches(text, filter)) expected.push(n);
      expect([filter, placesOf(verdict, ids, endpoint)]).toEqual([filter, expected]);
      expect(verdict.filtered).toBe(texts.length - expected.length);
    }, { mostRuns: 60, searchMs: 2_000 });
  });
});
