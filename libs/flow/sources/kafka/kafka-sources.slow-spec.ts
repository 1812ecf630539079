import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#dev/testing/wait-until';
import { numbered, SourcesUnderTest } from './fixtures/sources-under-test.js';
import { eventsOf } from './fixtures/stored-source.js';
import { byEntity, recordsOf } from './fixtures/topic-content.js';

let test: SourcesUnderTest;

beforeAll(async () => {
  test = await SourcesUnderTest.start();
});

afterAll(() => test.stop());

const texts = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `{"n":${from + i}}`);

describe('a Kafka source', () => {
  it('makes events of records, in order per key, and tells how far it is', async () => {
    const gateway = await test.gateway();
    const topic = await test.topic(3);
    await test.send(topic, numbered(0, 1_500, (n) => `key-${n % 7}`));
    const source = await test.source({ topic, type: 'order.created' });
    await test.payloads(source, 1_500);
    await test.send(topic, numbered(1_500, 2_000, (n) => `key-${n % 7}`));
    await test.payloads(source, 2_000);
    const events = await eventsOf(test.store, source);
    expect(events).toHaveLength(2_000);
    for (let key = 0; key < 7; key++) {
      const numbers = events.filter(({ entity }) => entity === `key-${key}`).map(({ payload }) => (JSON.parse(payload) as { n: number }).n);
      expect(numbers).toEqual(Array.from({ length: Math.ceil((2_000 - key) / 7) }, (_, i) => key + 7 * i));
    }
    const state = await test.stateThat(gateway, source, ({ partitions }) => partitions.length === 3 && partitions.every(({ lag }) => lag === 0));
    expect(state).toMatchObject({ state: 'reading', topic });
    expect(state.partitions.reduce((sum, { position }) => sum + position, 0)).toBe(2_000);
    await gateway.stop();
  }, 60_000);

  it('begins where it should: at the end, or at a time', async () => {
    const gateway = await test.gateway();
    const topic = await test.topic(1);
    await test.send(topic, [{ key: 'a', value: '{"n":0}', timestamp: String(Date.parse('2026-01-01T00:00:00Z')) }, { key: 'a', value: '{"n":1}', timestamp: String(Date.parse('2026-01-03T00:00:00Z')) }]);
    const [late, since] = await Promise.all([test.source({ topic, startAt: 'latest' }), test.source({ topic, startAt: '2026-01-02T00:00:00Z' })]);
    await test.payloads(since, 1);
    await test.stateThat(gateway, late, ({ state }) => state === 'reading');
    await test.send(topic, numbered(2, 3));
    expect([await test.payloads(late, 1), await test.payloads(since, 2)]).toEqual([texts(2, 3), texts(1, 3)]);
    await gateway.stop();
  }, 60_000);

  it('goes on where Postgres says, when that is not where it is', async () => {
    const gateway = await test.gateway();
    const topic = await test.topic(1);
    const source = await test.source({ topic });
    await test.send(topic, numbered(0, 10));
    await test.payloads(source, 10);
    await test.store.query('update source_positions set next_offset = 15 where source = $1', [source.id]);
    await test.send(topic, numbered(10, 20));
    expect(await test.payloads(source, 15)).toEqual([...texts(0, 10), ...texts(15, 20)]);
    await gateway.stop();
  }, 60_000);

  it('parks what cannot be an event, and reads on', async () => {
    const gateway = await test.gateway({ LOCKSTEP_MAX_BODY_BYTES: '100000' });
    const topic = await test.topic(1);
    const source = await test.source({ topic, type: 'json:/type' });
    await test.send(topic, [
      { key: 'a', value: '{"type":"one"}' }, { value: '{"type":"no-key"}' }, { key: Buffer.from([0xff, 0xfe]), value: '{"type":"binary-key"}' }, { key: 'a', value: Buffer.from([0, 1, 2]) },
      { key: 'a', value: Buffer.alloc(1_000_000, ' ') }, { key: 'a\0', value: '{"type":"nul"}' }, { key: 'a', value: '{"type":"two"}' },
    ]);
    expect(await test.payloads(source, 2)).toEqual(['{"type":"one"}', '{"type":"two"}']);
    const parked = await test.parked(source);
    expect(parked.map(({ headers }) => [headers['lockstep-offset'], headers['lockstep-reason']])).toEqual([['1', 'invalid_request'], ['2', 'invalid_request'], ['3', 'invalid_request'], ['4', 'payload_too_large'], ['5', 'invalid_request']]);
    expect(parked.map(({ value }) => value?.length ?? null)).toEqual([17, 21, 3, null, 14]);
    expect(parked[3]?.headers['lockstep-truncated']).toBe('true');
    await gateway.stop();
  }, 60_000);

  it('halts a partition at what cannot be an event until the source is changed, while others go on', async () => {
    const gateway = await test.gateway();
    const topic = await test.topic(2);
    const source = await test.source({ topic, onInvalid: 'halt', entity: 'json:/id' });
    await test.send(topic, [{ partition: 0, value: '{"id":"x"}' }, { partition: 0, value: '{"no":"id"}' }, { partition: 0, value: '{"id":"y"}' }, { partition: 1, value: '{"id":"z"}' }]);
    const halted = await test.stateThat(gateway, source, ({ partitions }) => partitions.some(({ state }) => state === 'halted') && partitions[1]?.position === 1);
    expect(halted.partitions).toMatchObject([{ partition: 0, position: 1, lag: 2, state: 'halted', detail: expect.stringMatching(/^offset 1: .*json:\/id/) }, { partition: 1, position: 1, state: 'reading' }]);
    expect((await test.payloads(source, 2)).sort()).toEqual(['{"id":"x"}', '{"id":"z"}']);
    await test.store.query(`update sources set settings = settings || '{"entity":"json:/id|record:offset"}' where id = $1`, [source.id]);
    expect((await test.payloads(source, 4)).sort()).toEqual(['{"id":"x"}', '{"id":"y"}', '{"id":"z"}', '{"no":"id"}']);
    await gateway.stop();
  }, 60_000);

  it('parks, or halts at, the one record of a chunk that Postgres refuses', async () => {
    await test.store.query(`alter table events add constraint no_poison check (type <> 'poison') not valid`);
    const gateway = await test.gateway();
    const topic = await test.topic(1);
    await test.send(topic, Array.from({ length: 40 }, (_, n) => ({ key: 'a', value: JSON.stringify({ type: n === 27 ? 'poison' : 'usual', n }) })));
    const [parking, halting] = [await test.source({ topic, type: 'json:/type' }), await test.source({ topic, type: 'json:/type', onInvalid: 'halt' })];
    const numbersOf = (payloads: readonly string[]): number[] => payloads.map((text) => (JSON.parse(text) as { n: number }).n);
    const upTo = (end: number): number[] => Array.from({ length: end }, (_, n) => n).filter((n) => n !== 27);
    expect(numbersOf(await test.payloads(parking, 39))).toEqual(upTo(40));
    expect(await test.parked(parking)).toMatchObject([{ headers: { 'lockstep-offset': '27', 'lockstep-detail': expect.stringContaining('no_poison') } }]);
    const state = await test.stateThat(gateway, halting, ({ partitions: [partition] }) => partition?.state === 'halted');
    expect(state.partitions).toMatchObject([{ position: 27, detail: expect.stringMatching(/^offset 27: .*no_poison/) }]);
    expect(numbersOf(await test.payloads(halting, 27))).toEqual(upTo(27));
    await test.store.query('alter table events drop constraint no_poison');
    await gateway.stop();
  }, 60_000);

  it('reads over markers of transactions and aborted records without a gap', async () => {
    const gateway = await test.gateway();
    const topic = await test.topic(1);
    const source = await test.source({ topic });
    const producer = test.kafka.producer({ transactionalId: `transaction-${topic}`, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    for (const [n, commits] of [[0, true], [1, false], [2, false], [3, true]] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: numbered(n, n + 1) });
      await (commits ? transaction.commit() : transaction.abort());
      // Each arrives in a fetch of its own.
      if (n < 3) await test.stateThat(gateway, source, ({ partitions }) => partitions[0]?.position === 2 * (n + 1));
    }
    await producer.disconnect();
    expect(await test.payloads(source, 2)).toEqual(['{"n":0}', '{"n":3}']);
    expect(await test.audited(source)).toEqual([]);
    await test.stateThat(gateway, source, ({ partitions }) => partitions[0]?.lag === 0);
    await gateway.stop();
  }, 90_000);

  it('reports a gap once when the log has lost records before they were read', async () => {
    const first = await test.gateway();
    const topic = await test.topic(1);
    const source = await test.source({ topic });
    await test.send(topic, numbered(0, 10));
    await test.payloads(source, 10);
    await first.stop();
    await test.send(topic, numbered(10, 30));
    // kafkajs deletes records only of topics that it knows.
    await test.admin.fetchTopicOffsets(topic);
    await test.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '25' }] });
    const gateways = await Promise.all([test.gateway(), test.gateway()]);
    expect(await test.payloads(source, 15)).toEqual([...texts(0, 10), ...texts(25, 30)]);
    expect(await test.audited(source)).toEqual([{ action: 'source.gap', detail: { topic, partition: 0, from: 10, to: 25, reason: 'retention' } }]);
    await Promise.all(gateways.map((gateway) => gateway.stop()));
  }, 90_000);

  it('begins anew in a topic that was created again, and reads partitions that were added', async () => {
    const gateway = await test.gateway();
    const topic = await test.topic(1);
    const source = await test.source({ topic });
    await test.send(topic, numbered(0, 5));
    await test.payloads(source, 5);
    await test.admin.deleteTopics({ topics: [topic] });
    await waitUntil('the topic is gone', async () => !(await test.admin.listTopics()).includes(topic));
    await test.createTopic(topic, 1);
    // More than were read before: their offsets exist in both topics.
    await test.send(topic, numbered(100, 120));
    expect(await test.payloads(source, 25)).toEqual([...texts(0, 5), ...texts(100, 120)]);
    // Other rows say that it could not be read for a while, if that took long.
    expect((await test.audited(source)).filter(({ action }) => action === 'source.topic_recreated')).toMatchObject([{ detail: { topic, startAt: 'earliest' } }]);
    await test.admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    // kafkajs sends nothing to a partition that it does not know yet.
    await waitUntil('the partition', async () => (await test.producer.send({ topic, messages: [{ partition: 2, key: 'b', value: '{"n":200}' }] }).catch(() => [])).length > 0, 60_000);
    expect((await test.payloads(source, 26)).at(-1)).toBe('{"n":200}');
    await test.stateThat(gateway, source, ({ partitions }) => partitions.length === 3 && partitions.every(({ state, lag }) => state === 'reading' && lag === 0));
    await gateway.stop();
  }, 120_000);

  it('shows what is wrong, logs and audits it once, and begins when it is fixed', async () => {
    const gateway = await test.gateway();
    const topic = `missing-${Date.now()}`;
    const source = await test.source({ topic });
    const unreachable = await test.source({ topic, brokers: ['192.168.77.1:9092'] });
    const failing = await test.stateThat(gateway, source, ({ state }) => state === 'failing');
    expect(failing.detail).toMatch(/topic/);
    expect((await test.stateThat(gateway, unreachable, ({ state }) => state === 'failing')).detail).toMatch(/LOCKSTEP_ALLOW_PRIVATE_NETWORKS/);
    await test.audits(gateway, source, 1);
    await test.createTopic(topic, 1);
    await test.send(topic, numbered(0, 3));
    await test.payloads(source, 3);
    expect(await test.audits(gateway, source, 2)).toEqual([{ action: 'source.failing', detail: { topic, detail: failing.detail } }, { action: 'source.recovered', detail: {} }]);
    expect(gateway.log.lines.filter((line) => line['source'] === source.publicId && line.msg.includes('cannot be read'))).toHaveLength(1);
    await gateway.stop();
  }, 90_000);

  it('waits for tokens of the tenant, and parks bodies that do not fit the schema of their type, or have no known one', async () => {
    const gateway = await test.gateway();
    const topic = await test.topic(1);
    await test.store.query(`update tenants set rate_limit_per_second = 50, rate_limit_burst = 20, refuses_unknown_types = true where id = 'default'`);
    await test.store.query(`insert into event_types (tenant, name, schema, enforce) values ('default', 'order.paid', '{"type":"object","required":["total"]}', 'reject')`);
    const source = await test.source({ topic, type: 'json:/type' });
    await test.send(topic, Array.from({ length: 120 }, (_, i) => ({ key: 'a', value: JSON.stringify({ type: i === 7 ? 'order.other' : 'order.paid', ...(i === 3 ? {} : { total: i }) }) })));
    const payloads = await test.payloads(source, 118);
    expect(payloads.map((text) => (JSON.parse(text) as { total: number }).total)).toEqual(Array.from({ length: 120 }, (_, i) => i).filter((i) => i !== 3 && i !== 7));
    expect((await test.parked(source)).map(({ headers }) => [headers['lockstep-offset'], headers['lockstep-reason']])).toEqual([['3', 'schema_mismatch'], ['7', 'unknown_event_type']]);
    const { rows: [span] } = await test.store.query<{ windows: number }>(`select count(distinct accepted_at)::integer as windows from events where accepted_by = $1`, [source.publicId]);
    // 20 at once, and no more than that later: several statements.
    expect(span?.windows).toBeGreaterThan(3);
    await test.store.query(`update tenants set rate_limit_per_second = null, rate_limit_burst = null, refuses_unknown_types = false where id = 'default'`);
    await gateway.stop();
  }, 60_000);

  it('is read by two gateways, each record once, while they come and go', async () => {
    const first = await test.gateway();
    const topic = await test.topic(4);
    const source = await test.source({ topic });
    let sent = 0;
    const send = async (count: number): Promise<void> => {
      for (const to = sent + count; sent < to; sent += 250) await test.send(topic, numbered(sent, sent + 250, (n) => `key-${n % 16}`));
    };
    await send(2_000);
    const second = await test.gateway();
    await send(4_000);
    await first.stop();
    await send(2_000);
    const third = await test.gateway();
    await send(2_000);
    // What the topic has: kafkajs may send a record twice.
    const expected = await recordsOf(test.kafka, topic);
    expect(new Set(expected.map(({ payload }) => payload)).size).toBe(sent);
    await test.payloads(source, expected.length, 60_000);
    await Promise.all([second.stop(), third.stop()]);
    expect(byEntity(await eventsOf(test.store, source))).toEqual(byEntity(expected));
  }, 120_000);
});
