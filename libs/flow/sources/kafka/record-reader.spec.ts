import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { KafkaSettings } from './kafka-settings.js';
import { RecordReader } from './record-reader.js';
import type { ReadRecord, SourceRecord } from './source-record.js';

type Given = Partial<Omit<SourceRecord, 'key' | 'value'>> & { readonly key?: string | Buffer | null; readonly value?: string | Buffer | null };

const recordOf = ({ key = 'order-1', value = '{"n":1}', headers = {}, ...others }: Given): SourceRecord => ({
  offset: '7', timestamp: '1700000000123', ...others, headers, key: typeof key === 'string' ? Buffer.from(key) : key, value: typeof value === 'string' ? Buffer.from(value) : value,
});

const read = (given: Given, settings: Partial<KafkaSettings> = {}, maxBodyBytes = 1_000): ReadRecord => new RecordReader({ preset: 'plain', ...settings }, maxBodyBytes, { name: 'shop', publicId: 'src_1' }).read(recordOf(given), { topic: 'orders.paid', partition: 3 });

const payloadOf = (found: ReadRecord): string => (found.kind === 'event' ? found.payload.toString() : `${found.kind} ${found.kind === 'invalid' ? found.detail : ''}`);

const detailOf = (found: ReadRecord): string => (found.kind === 'invalid' ? `${found.reason}: ${found.detail}` : found.kind);

describe('plain', () => {
  it('takes the value as it is, the key as entity, and the topic as type', () => {
    expect(read({})).toEqual({ kind: 'event', type: 'orders.paid', entity: 'order-1', id: undefined, occurredAtMs: 1_700_000_000_123, contentType: 'application/json', traceparent: undefined, attributes: undefined, payload: Buffer.from('{"n":1}') });
  });

  it.each<[Partial<KafkaSettings>, Given, object]>([
    [{ entity: 'json:/order/id' }, { value: '{"order":{"id":12345678901234567890}}' }, { entity: '12345678901234567890' }],
    [{ entity: 'source:name', type: '{source:id}.x' }, {}, { entity: 'shop', type: 'src_1.x' }],
    [{ id: 'json:/n', type: 'json:/type' }, { value: JSON.stringify({ n: 'x'.repeat(256), type: '.a//b' }) }, { id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), type: 'a.b' }],
    [{ entity: 'json:/a~1b/1' }, { value: '{"a/b":[0,1.50]}' }, { entity: '1.50' }],
    [{ entity: 'header:X-Customer|record:key' }, { headers: { 'x-customer': Buffer.from('ü') } }, { entity: 'ü' }],
    [{ entity: 'header:x-customer' }, { headers: { 'X-Customer': [Buffer.from('one'), Buffer.from('two')] } }, { entity: 'one' }],
    [{ type: 'shop/{json:/kind} !' }, { value: '{"kind":"paid"}' }, { type: 'shop.paid__' }],
    [{ entity: '{source:name}/{source:id}' }, {}, { entity: 'shop/src_1' }],
    [{ id: '{record:topic}-{record:partition}-{record:offset}' }, {}, { id: 'orders.paid-3-7' }],
    [{}, { headers: { 'content-type': Buffer.from('text/plain') } }, { contentType: 'text/plain' }],
    [{}, { value: null }, { contentType: 'application/octet-stream', payload: Buffer.alloc(0) }],
    [{}, { headers: { traceparent: Buffer.from('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01') } }, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }],
    [{}, { headers: { traceparent: Buffer.from('nonsense'), tracestate: Buffer.from('a=1') } }, { traceparent: undefined, attributes: undefined }],
    [{}, { headers: { traceparent: Buffer.from('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'), tracestate: Buffer.from('a=1') } }, { attributes: { tracestate: 'a=1' } }],
    [{}, { timestamp: '-1' }, { occurredAtMs: undefined }],
    [{}, { timestamp: '1700000000123456789' }, { occurredAtMs: undefined }],
  ])('by %j of %j', (settings, given, expected) => {
    expect(read(given, settings)).toMatchObject({ kind: 'event', ...expected });
  });

  it.each<[string, Partial<KafkaSettings>, Given, RegExp]>([
    ['no key', {}, { key: null }, /^invalid_request: The record has no entity: record:key/],
    ['an empty key', {}, { key: '' }, /no entity/],
    ['a key that is not UTF-8', {}, { key: Buffer.from([0xff]) }, /no entity/],
    ['control characters', {}, { key: 'a\u0000b' }, /entity must be/],
    ['a long key', {}, { key: 'x'.repeat(256) }, /entity must be/],
    ['no such field', { type: 'json:/type' }, {}, /no type: json:\/type/],
    ['an object as field', { type: 'json:/n' }, { value: '{"n":{}}' }, /no type/],
    ['garbage', { entity: 'json:/id' }, { value: Buffer.from([0xff, 0xfe]) }, /no entity/],
    ['a member that all objects have', { entity: 'json:/constructor/name' }, {}, /no entity/],
    ['a type without letters', { type: 'json:/type' }, { value: '{"type":"..."}' }, /type must be/],
    ['a type of operational events', { type: 'json:/type' }, { value: '{"type":"lockstep/delivery.dead"}' }, /type must be.*not beginning with lockstep\./],
    ['no id', { id: 'header:id' }, {}, /no id/],
    ['an id with control characters', { id: 'json:/n' }, { value: '{"n":"\\n"}' }, /id must be/],
    ['a malformed idempotency key', { id: 'header:idempotency-key' }, { headers: { 'idempotency-key': Buffer.from('a b') } }, /^invalid_idempotency_key/],
    ['a content type that is no header', {}, { headers: { 'content-type': Buffer.from('a\nb') } }, /content-type/],
    ['a content type without a subtype', {}, { headers: { 'content-type': Buffer.from('text') } }, /content-type/],
    ['an empty content type', {}, { headers: { 'content-type': Buffer.from('') } }, /content-type/],
    ['a large value', {}, { value: 'x'.repeat(1_001) }, /^payload_too_large: The value has 1001 bytes/],
  ])('refuses %s', (_what, settings, given, detail) => {
    expect(detailOf(read(given, settings))).toMatch(detail);
  });

  it('reads numbers of a body that is nested deeply', () => {
    expect(read({ value: `{"deep":${'['.repeat(100_000)}${']'.repeat(100_000)},"id":17}` }, { id: 'json:/id' }, 1_000_000)).toMatchObject({ kind: 'event', id: '17' });
  });

  it('never throws, whatever a record has', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.json().map((text) => Buffer.from(text)), fc.string().map((text) => Buffer.from(text))).map((each) => Buffer.from(each));
    const headers = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_subject', 'content-type', 'id', 'eventType', '__proto__')), fc.oneof(bytes, fc.array(bytes, { maxLength: 2 }), fc.constant(Buffer.from('1.0')), fc.constant(Buffer.from('application/cloudevents+json'))));
    fc.assert(
      fc.property(fc.constantFrom<KafkaSettings['preset']>('plain', 'cloudevents', 'debezium-outbox'), fc.option(bytes), fc.option(bytes), headers, (preset, key, value, given) => {
        expect(['event', 'invalid', 'skipped']).toContain(read({ key, value, headers: given }, { preset, ...(preset === 'plain' ? { entity: 'json:/a/b|json:|record:key' } : {}) }).kind);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('debezium-outbox', () => {
  const headers = { id: Buffer.from('5b1c'), eventType: Buffer.from('OrderPaid') };
  const outbox = (given: Given, settings: Partial<KafkaSettings> = {}): ReadRecord => read({ headers, ...given }, { preset: 'debezium-outbox', ...settings });
  const schema = '{"type":"string","optional":false}';

  it('takes key, id and type of the router', () => {
    expect(outbox({})).toMatchObject({ kind: 'event', entity: 'order-1', id: '5b1c', type: 'OrderPaid', payload: Buffer.from('{"n":1}') });
    expect(outbox({ headers: { id: Buffer.from('1') } }, { type: 'order.changed' })).toMatchObject({ type: 'order.changed' });
  });

  it.each([
    ['"order-1"', 'order-1'], [`{"schema":${schema},"payload":"order-1"}`, 'order-1'], ['{"schema":{"type":"int64"},"payload": 9007199254740993 }', '9007199254740993'], ['17', '17'],
  ])('unwraps the key %s', (key, entity) => {
    expect(outbox({ key })).toMatchObject({ kind: 'event', entity });
  });

  it.each([
    // As it stands: spaces, order and numbers.
    ['{ "b" : 1.0, "a": 12345678901234567890 }', '{ "b" : 1.0, "a": 12345678901234567890 }'],
    [`{"schema":${schema},"payload":"{\\"a\\":1.0}"}`, '{"a":1.0}'],
    [`{"schema":{"type":"struct","fields":[{"field":"payload"}]}, "payload" : { "a" : [1.0,"}"] , "b":{} } }`, '{ "a" : [1.0,"}"] , "b":{} }'],
    [`{"payload":[1.50 ,2],"schema":null}`, '[1.50 ,2]'],
    ['"{\\"a\\":\\"\\u00fc\\"}"', '{"a":"ü"}'],
    ['{"schema":1,"payload":{},"other":2}', '{"schema":1,"payload":{},"other":2}'],
    ['{"schema":', '{"schema":'],
    ['"not closed', '"not closed'],
    ['', ''],
  ])('unwraps the value %s', (value, payload) => {
    expect(payloadOf(outbox({ value }))).toBe(payload);
  });

  it('unwraps what is nested deeply', () => {
    const payload = `{"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const found = read({ headers, value: `{"schema":${schema},"payload":${payload}}` }, { preset: 'debezium-outbox' }, 1_000_000);
    expect(payloadOf(found) === payload).toBe(true);
  });

  it.each([null, 'null', `{"schema":${schema},"payload":null}`])('skips the tombstone %s', (value) => {
    expect(outbox({ value }).kind).toBe('skipped');
  });

  it('refuses records without id or type', () => {
    expect(detailOf(outbox({ headers: { eventType: Buffer.from('a') } }))).toMatch(/no id: header:id/);
    expect(detailOf(outbox({ headers: { id: Buffer.from('a') } }))).toMatch(/no type: header:eventType/);
  });
});

describe('cloudevents', () => {
  const attributes = { ce_specversion: '1.0', ce_id: '17', ce_source: '/orders', ce_type: 'order.paid' };
  const binary = (more: Record<string, string> = {}, given: Given = {}, settings: Partial<KafkaSettings> = {}): ReadRecord =>
    read({ headers: Object.fromEntries(Object.entries({ ...attributes, ...more }).map(([name, text]) => [name, Buffer.from(text)])), ...given }, { preset: 'cloudevents', ...settings });
  const structured = (members: object, given: Given = {}, settings: Partial<KafkaSettings> = {}): ReadRecord =>
    read({ headers: { 'content-type': Buffer.from('application/cloudevents+json; charset=UTF-8') }, value: JSON.stringify({ specversion: '1.0', id: '17', source: '/orders', type: 'order.paid', ...members }), ...given }, { preset: 'cloudevents', ...settings });

  it('reads the binary mode: attributes are delivered as headers, in ASCII', () => {
    expect(binary({ ce_time: '2026-01-31T12:00:00Z', ce_color: 'grün', 'content-type': 'text/plain', other: 'x' })).toMatchObject({
      kind: 'event', type: 'order.paid', entity: 'order-1', id: '/orders 17', occurredAtMs: Date.parse('2026-01-31T12:00:00Z'), contentType: 'text/plain',
      attributes: { 'ce-specversion': '1.0', 'ce-id': '17', 'ce-source': '/orders', 'ce-type': 'order.paid', 'ce-time': '2026-01-31T12:00:00Z', 'ce-color': 'gr%C3%BCn' }, payload: Buffer.from('{"n":1}'),
    });
  });

  it('reads the structured mode, and delivers it unchanged', () => {
    const found = structured({ data: { a: 1 } });
    expect(found).toMatchObject({ kind: 'event', type: 'order.paid', entity: 'order-1', id: '/orders 17', contentType: 'application/cloudevents+json; charset=UTF-8', attributes: undefined });
    expect(payloadOf(found)).toBe('{"specversion":"1.0","id":"17","source":"/orders","type":"order.paid","data":{"a":1}}');
  });

  it.each<[Record<string, string>, Given, Partial<KafkaSettings>, string]>([
    [{ ce_partitionkey: 'p', ce_subject: 's' }, {}, {}, 'p'],
    [{ ce_subject: 's' }, {}, {}, 'order-1'],
    [{ ce_subject: 's' }, { key: null }, {}, 's'],
    [{ ce_partitionkey: 'p', ce_subject: 's' }, {}, { entity: 'header:ce_subject' }, 's'],
  ])('finds the entity of %j with %j and %j', (more, given, settings, entity) => {
    expect(binary(more, given, settings)).toMatchObject({ entity });
    const members = Object.fromEntries(Object.entries(more).map(([name, text]) => [name.slice(3), text]));
    expect(structured(members, given, settings.entity === undefined ? {} : { entity: 'json:/subject' })).toMatchObject({ entity });
  });

  it.each(['text/plain\r\nx-y: z', 'text/pl\u00e9\u0000', 'x'.repeat(10_000)])('refuses a content type that is none (%#)', (contentType) => {
    expect(detailOf(binary({ 'content-type': contentType }))).toMatch(/content-type/);
  });

  it('takes type and id from elsewhere, if the source says so', () => {
    expect(binary({ ce_type: 'Com/Example!' }, {}, { type: 'header:ce_type', id: 'header:ce_id' })).toMatchObject({ type: 'Com.Example_', id: '17' });
  });

  it.each<[ReadRecord, RegExp]>([
    [read({ headers: {} }, { preset: 'cloudevents' }), /is no CloudEvent/],
    [binary({ ce_source: '' }), /ce_source must be/],
    [structured({}, { headers: { 'content-type': Buffer.from(`application/cloudevents+json; x=${'x'.repeat(300)}`) } }), /content-type/],
    [binary({}, {}, { id: 'header:idempotency-key' }), /no id/],
    [binary({ 'idempotency-key': 'a b' }, {}, { id: 'header:idempotency-key' }), /^invalid_idempotency_key/],
    [binary({ ce_Bad: 'x' }), /ce_Bad is no attribute/],
    [binary({ ce_datacontenttype: 'text/plain' }), /ce_datacontenttype must not be sent/],
    [binary({}, { key: null }), /ce_subject is missing/],
    [structured({ type: 'a b' }), /\/type must be/],
    [structured({}, { value: 'garbage' }), /not valid JSON/],
    [structured({}, { value: null }), /not valid JSON/],
    [binary(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`ce_a${i}`, 'x']))), /^headers_too_large/],
  ])('refuses %j', (found, detail) => {
    expect(detailOf(found)).toMatch(detail);
  });
});
