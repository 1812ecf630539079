import { describe, expect, it } from '@jest/globals';
import { CloudEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import { LockstepError } from '#domain/problem';
import { percentDecoded, percentEncoded } from './attribute-encoding.js';
import { parseBinaryEvent } from './binary-event.js';
import { isCloudEvent } from './cloud-event.js';
import { parseStructuredEvent, structuredAttributes } from './structured-event.js';

const BASE = { specversion: '1.0', id: '1234-1234-1234', source: '/mycontext/subcontext', type: 'com.example.someevent', subject: 'order-17' };

const structured = (members: Record<string, unknown>, headerKey?: string): ReturnType<typeof parseStructuredEvent> => parseStructuredEvent(Buffer.from(JSON.stringify(members)), headerKey);

const binary = (attributes: Record<string, string | string[] | undefined>, headerKey?: string): ReturnType<typeof parseBinaryEvent> =>
  parseBinaryEvent(Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined).map(([name, value]) => [`ce-${name}`, [value ?? ''].flat()])), Buffer.alloc(0), headerKey);

/** What is refused, by its paths; or `accepted`. */
function pathsOf(read: () => unknown): unknown {
  try {
    read();
    return 'accepted';
  } catch (error) {
    const { code, errors } = error as { code: string; errors: { path: string }[] };
    expect(code).toBe('invalid_request');
    return errors.map(({ path }) => path);
  }
}

describe('the cases of cloudevents/conformance, features/http-protocol-binding.feature', () => {
  const event = { specversion: '1.0', type: 'com.example.someevent', time: '2018-04-05T03:56:24Z', id: '1234-1234-1234', source: '/mycontext/subcontext' };
  const read = { type: event.type, entity: 'order-17', occurredAt: new Date(event.time), idempotencyKey: '/mycontext/subcontext 1234-1234-1234' };

  it('reads the binary content mode', () => {
    // Lockstep needs an entity, which the official case does not have.
    expect(pathsOf(() => binary(event))).toEqual(['ce-subject']);
    expect(binary({ ...event, subject: 'order-17' })).toEqual({
      ...read, attributes: { 'ce-specversion': '1.0', 'ce-type': event.type, 'ce-time': event.time, 'ce-id': event.id, 'ce-source': event.source, 'ce-subject': 'order-17' },
    });
  });

  it('reads the structured content mode', () => {
    const whole = { ...event, datacontenttype: 'application/json', data: { message: 'Hello World!' } };
    expect(pathsOf(() => structured(whole))).toEqual(['/subject']);
    expect(structured({ ...whole, subject: 'order-17' })).toEqual({ ...read, attributes: undefined, value: { ...whole, subject: 'order-17' } });
  });
});

describe('isCloudEvent', () => {
  it.each([
    [{ 'content-type': 'application/json' }, false],
    [{ 'content-type': 'application/json', 'ce-id': '1', 'ce-source': '/', 'ce-type': 'a' }, false],
    [{ 'content-type': 'text/plain', 'ce-specversion': '1.0' }, true],
    [{ 'ce-specversion': '0.3' }, true],
    [{ 'content-type': 'Application/CloudEvents+JSON; charset=UTF-8' }, true],
    [{ 'content-type': 'application/cloudevents-batch+json' }, true],
    [{}, false],
  ])('%j: %s', (headers, expected) => {
    expect(isCloudEvent(headers)).toBe(expected);
  });
});

describe('parseStructuredEvent', () => {
  it.each<[string, Record<string, unknown>, unknown]>([
    ['data in base64', { data_base64: 'AAE=' }, 'accepted'],
    ['no data', {}, 'accepted'],
    ['null for absent attributes', { time: null, dataschema: null, ext: null }, 'accepted'],
    ['extensions', { ext1: 'a', ext2: true, ext3: -2147483648, constructor: 'x' }, 'accepted'],
    ['a type of another style', { type: 'https://example.com/x' }, ['/type']],
    ['another version', { specversion: '0.3' }, ['/specversion']],
    ['a version that is a number', { specversion: 1 }, ['/specversion']],
    ['an empty id', { id: '' }, ['/id']],
    ['an id with a control character', { id: 'a\u0007' }, ['/id']],
    ['an id with a noncharacter', { id: '\ufffe' }, ['/id']],
    ['an id with half a surrogate pair', { id: '\ud800' }, ['/id']],
    ['a source with a space', { source: '/a b' }, ['/source']],
    ['a source with a broken percent-encoding', { source: '/a%2' }, ['/source']],
    ['a source with two fragments', { source: '/a#b#c' }, ['/source']],
    ['an empty extension', { ext: '' }, 'accepted'],
    ['an empty subject beside a partition key', { subject: '', partitionkey: 'p' }, ['/subject']],
    ['an empty partition key', { partitionkey: '' }, ['/partitionkey']],
    ['empty optional attributes', { time: '', datacontenttype: '', dataschema: '' }, ['/time', '/datacontenttype', '/dataschema']],
    ['a relative schema', { dataschema: '/a' }, ['/dataschema']],
    ['a date without a time', { time: '2018-04-05' }, ['/time']],
    ['no media type', { datacontenttype: 'json' }, ['/datacontenttype']],
    ['an entity that is too long', { subject: 'x'.repeat(256) }, ['/subject']],
    ['a long subject beside a partition key', { subject: 'x'.repeat(256), partitionkey: 'p' }, 'accepted'],
    ['a partition key that is too long', { partitionkey: 'x'.repeat(256) }, ['/partitionkey']],
    ['an extension that is an object', { ext: {} }, ['/ext']],
    ['an extension beyond 32 bits', { ext: 2147483648 }, ['/ext']],
    ['an extension that is a fraction', { ext: 0.5 }, ['/ext']],
    ['names that are no attribute names', { Ext: 1, 'a/b~c': 1, '': 1 }, ['/Ext', '/a~1b~0c', '/']],
    ['both kinds of data', { data: 1, data_base64: 'AAE=' }, ['/data_base64']],
    ['data that is not in base64', { data_base64: 'A' }, ['/data_base64']],
    ['everything wrong at once', { specversion: '2', id: 1, source: '', type: '', subject: '\0' }, ['/id', '/subject', '/specversion', '/source', '/type']],
  ])('with %s', (_, changes, expected) => {
    expect(pathsOf(() => structured({ ...BASE, ...changes }))).toEqual(expected);
  });

  it('names the first 16 of many problems, with paths of bounded length', () => {
    const names = Array.from({ length: 20_000 }, (_, n) => `N${n}`);
    const long = 'X'.repeat(100_000);
    const refusal = (members: Record<string, unknown>): LockstepError => {
      try {
        structured(members);
      } catch (error) {
        if (error instanceof LockstepError) return error;
      }
      throw new Error('accepted');
    };
    const many = refusal({ ...Object.fromEntries(names.map((name) => [name, 1])), ...BASE });
    expect(many.errors.map(({ path }) => path)).toEqual(names.slice(0, 16).map((name) => `/${name}`));
    expect(many.message).toMatch(/; and more$/);
    const all = refusal({ ...BASE, [long]: 1, ...Object.fromEntries(names.slice(0, 15).map((name) => [name, 1])) });
    expect(all.errors).toHaveLength(16);
    expect(all.errors.map(({ path }) => path)).toContain(`/${'X'.repeat(127)}…`);
    expect(all.message).not.toMatch(/and more/);
    expect(JSON.stringify(all.toProblem()).length).toBeLessThan(4_096);
  });

  it.each(['[]', 'null', '1', '', '{'])('refuses %j', (text) => {
    expect(pathsOf(() => parseStructuredEvent(Buffer.from(text)))).toEqual(['']);
  });

  it('takes the partition key before the subject, and the header before source and id', () => {
    expect(structured({ ...BASE, partitionkey: 'p' })).toMatchObject({ entity: 'p', idempotencyKey: '/mycontext/subcontext 1234-1234-1234' });
    expect(structured(BASE, 'mine')).toMatchObject({ entity: 'order-17', idempotencyKey: 'mine' });
  });

  it('refuses whatever the SDK refuses', () => {
    const text = fc.oneof(fc.constantFrom('', '1.0', '/a', 'https://a/b?c#d', 'a b', '%', 'a.b', '2018-04-05T03:56:24Z', '\0'), fc.string({ unit: 'grapheme', maxLength: 8 }));
    const value = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.double());
    fc.assert(fc.property(fc.dictionary(fc.constantFrom('id', 'source', 'type', 'specversion', 'time', 'dataschema', 'datacontenttype', 'ext', 'Ext', 'data_base64'), value), (changes) => {
      // As sent: NaN is null.
      const members = JSON.parse(JSON.stringify({ ...BASE, ...changes })) as typeof BASE & Record<string, unknown>;
      // It has a default for each of these, and calls an empty or absent one by it.
      if (!members.id || !members.specversion || members.specversion !== '1.0') return;
      if (pathsOf(() => structured(members)) !== 'accepted') return;
      const given = Object.fromEntries(Object.entries(members).filter(([, member]) => member !== null));
      expect(() => new CloudEvent(given)).not.toThrow();
    }), { numRuns: 2_000 });
  });
});

describe('parseBinaryEvent', () => {
  it.each<[string, Record<string, string | string[] | undefined>, unknown]>([
    ['percent-encoded text', { subject: 'Euro%20%E2%82%AC%20%F0%9F%98%80' }, 'accepted'],
    ['text that is no UTF-8', { subject: '%C0%A0' }, ['ce-subject']],
    ['a content type', { datacontenttype: 'application/json' }, ['ce-datacontenttype']],
    ['a header twice', { id: ['1', '2'] }, ['ce-id']],
    ['an empty extension', { ext: '' }, 'accepted'],
    ['an empty subject', { subject: '' }, ['ce-subject']],
    ['a name with a dash', { 'a-b': 'x' }, ['ce-a-b']],
    ['no id', { id: undefined }, ['ce-id']],
    ['another version', { specversion: '0.3' }, ['ce-specversion']],
    ['raw bytes above ASCII', { ext: '\u00e4' }, ['ce-ext']],
  ])('with %s', (_, changes, expected) => {
    expect(pathsOf(() => binary({ ...BASE, ...changes }))).toEqual(expected);
  });

  it('decodes what it reads, and keeps the headers as they came', () => {
    expect(binary({ ...BASE, subject: '"a \\"b\\""', source: '/%2525', ext: 'a%2Fb' })).toEqual({
      type: BASE.type, entity: 'a "b"', occurredAt: undefined, idempotencyKey: '/%25 1234-1234-1234', attributes: { 'ce-specversion': '1.0', 'ce-id': BASE.id, 'ce-source': '/%2525', 'ce-type': BASE.type, 'ce-subject': '"a \\"b\\""', 'ce-ext': 'a%2Fb' },
    });
  });

  it('reads the same of an event as the structured mode, as the SDK sends both', () => {
    const event = new CloudEvent({ ...BASE, time: '2018-04-05T03:56:24.000Z', partitionkey: 'p-1', ext: 'x', data: { n: 1 } });
    const { headers } = HTTP.binary(event);
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [String(value)]]));
    const { attributes, value, ...read } = parseBinaryEvent(sent, Buffer.from('{"n":1}'));
    expect(value).toEqual({ n: 1 });
    const body = Buffer.from(HTTP.structured(event).body as string);
    expect(parseStructuredEvent(body)).toEqual({ ...read, attributes: undefined, value: JSON.parse(body.toString()) as unknown });
    expect(structuredAttributes(body)).toEqual(attributes);
  });
});

describe('idempotency keys', () => {
  const key = (source: string, id: string): string | undefined => structured({ ...BASE, source, id }).idempotencyKey;

  it('differ when source or id differ, short or long', () => {
    const part = fc.stringMatching(/^[a-z/:]{1,300}$/);
    fc.assert(fc.property(part, part, part, part, (source, id, otherSource, otherId) => {
      expect(key(source, id) === key(otherSource, otherId)).toBe(source === otherSource && id === otherId);
    }));
    expect(key('/a', 'b c')).toBe('/a b c');
    expect(key('/a', 'x'.repeat(300))).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(key('/a', '😀'.repeat(252))).toHaveLength(3 + 2 * 252);
    expect(key('/a', '😀'.repeat(253))).toMatch(/^sha256:/);
  });
});

describe('percent-encoding', () => {
  it('encodes as the example of the HTTP binding, and any text so that it is decoded again', () => {
    expect(percentEncoded('Euro € 😀')).toBe('Euro%20%E2%82%AC%20%F0%9F%98%80');
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed()), (text) => {
      expect(percentEncoded(text)).toMatch(/^[\x21\x23-\x7e]*$/);
      expect(percentDecoded(percentEncoded(text))).toBe(text);
    }));
  });
});
