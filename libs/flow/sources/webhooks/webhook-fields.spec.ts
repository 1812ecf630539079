import { describe, expect, it } from '@jest/globals';
import type { LockstepError } from '#domain/problem';
import { requestFields } from './request-fields.js';
import { WebhookFields, type WebhookEvent } from './webhook-fields.js';
import type { EventFields, WebhookRequest } from './webhook-provider.js';

const FIELDS: EventFields = { id: 'json:/id', type: 'json:/type', entity: 'json:/customer|json:/object' };

function request(body: string, others: Partial<WebhookRequest> = {}): WebhookRequest {
  return { headers: {}, target: '/in/a', publicUrl: undefined, remoteAddress: '127.0.0.1', body: Buffer.from(body), receivedAtMs: 0, ...others };
}

const read = (fields: Partial<EventFields>, ...of: Parameters<typeof request>): WebhookEvent =>
  new WebhookFields({ ...FIELDS, ...fields }).read(requestFields(request(...of), { known: { 'source:name': 'shop', 'source:id': 'src_1' }, jsonField: 'payload' }));

function problemsOf(fields: Partial<EventFields>, ...of: Parameters<typeof request>): readonly string[] {
  try {
    read(fields, ...of);
  } catch (error) {
    const { code, errors } = error as LockstepError;
    expect(code).toBe('invalid_request');
    return errors.map(({ path, message }) => `${path} ${message}`);
  }
  return [];
}

describe('the fields of a webhook', () => {
  it('are read from its body, headers, query, form and source', () => {
    expect(read({}, '{"id":9007199254740993,"type":"orders/create","object":"o","customer":null}')).toEqual({ idempotencyKey: '9007199254740993', type: 'orders.create', entity: 'o' });
    const form = { headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', 'x-id': '7' }, target: '/in/a?b=%C3%BC&b=2' };
    expect(read({ id: 'header:X-Id', type: '{source:name}.{form:Kind}', entity: '{query:b}/{source:id}' }, 'Kind=a+b&Kind=c', form)).toEqual({ idempotencyKey: '7', type: 'shop.a_b', entity: 'ü/src_1' });
  });

  it('are read from the JSON in a field of a form, where the provider has one', () => {
    const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect(read({}, `payload=${encodeURIComponent('{"id":12345678901234567890,"type":"a","object":"o"}')}`, form)).toEqual({ idempotencyKey: '12345678901234567890', type: 'a', entity: 'o' });
    expect(problemsOf({}, 'payload=x&id=1', form)[0]).toMatch(/not JSON/);
  });

  it('have no id where the provider has none, or it is optional and missing', () => {
    const [body, key] = ['{"type":"a","object":"o"}', { idempotencyKey: undefined }];
    expect(read({ id: undefined }, body)).toMatchObject(key);
    expect(read({ isIdOptional: true }, body)).toMatchObject(key);
    expect(problemsOf({}, body)).toEqual(['id json:/id has no value in this request: set settings.id of the source to what has one']);
  });

  it('take a form field only of a form', () => {
    expect(problemsOf({ id: 'form:a' }, 'a=1')[0]).toMatch(/^id form:a has no value/);
  });

  it.each([
    ['{', /^id json:\/id has no value in this request \(its body is not JSON\): set settings.id/],
    ['\ufeff{"id":"1"}', /^id .*not JSON/],
    ['{"id":"","type":"a","object":"o"}', /^id .*no value/],
    ['{"id":"a\\u0000b","type":"a","object":"o"}', /^id json:\/id gives no valid id/],
    ['{"id":"\\ud800","type":"a","object":"o"}', /^id .*no valid id/],
    ['{"id":"1","type":"/./","object":"o"}', /^type json:\/type gives no valid type/],
    [`{"id":"1","type":"${'t'.repeat(129)}","object":"o"}`, /^type .*at most 128/],
    [`{"id":"1","type":"a","object":"${'e'.repeat(256)}"}`, /^entity .*1 to 255 characters/],
    ['{"id":"1","type":"a","object":"a\\tb"}', /^entity /],
    ['{"id":"1","type":"a","object":{"id":"x"}}', /^entity .*has no value/],
  ])('are refused with what to set for %p', (body, problem) => {
    expect(problemsOf({}, body)[0]).toMatch(problem);
  });

  it('names all that is wrong', () => {
    expect(problemsOf({}, '{}').map((problem) => problem.split(' ', 1)[0])).toEqual(['id', 'type', 'entity']);
  });
});
