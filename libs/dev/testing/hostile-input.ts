import fc from 'fast-check';

/** Texts that have broken parsers, databases and logs before. */
const NASTY_TEXTS = [
  '', ' ', '\0', 'a\0b', '\ud800', '\udfff', '😀', '\u202e', '\ufeff', 'ä', 'İ', '%00', '%zz', '..', '../../etc/passwd', "'; drop table events; --", '${jndi:ldap://x}', '<script>', '\r\nx: y', 'null', '-0', '1e999',
  '__proto__', 'constructor', 'toString', 'x'.repeat(300), '😀'.repeat(256), 'x'.repeat(70_000),
];

/** Numbers that parsers read in different ways. Texts, because JavaScript cannot represent all of them. */
const NASTY_NUMBERS = ['-0', '0', '-1', '1.5', '9007199254740993', '123456789012345678901234567890', '1e400', '-1e400', '1e-400', '2147483648', '9223372036854775808', '0.1e1'];

const nastyText = fc.oneof(fc.constantFrom(...NASTY_TEXTS), fc.string({ unit: 'binary', maxLength: 40 }));

const quoted = (text: string): string => JSON.stringify(text);
const nested = (depth: number, open: string, close: string, inside: string): string => open.repeat(depth) + inside + close.repeat(depth);

/** Whitespace that JSON allows anywhere between tokens. */
const space = fc.constantFrom('', '', '', ' ', '\n', '\t\r\n ');

/** A string literal with escapes where none are needed, and raw characters where escapes are usual. */
const stringText = fc.array(fc.oneof(
    fc.constantFrom('\\u0000', '\\ud800', '\\udc00', '\\/', '\\b', '\\u00e9', '\u2028', '\u007f', '\u200d', 'é', 'e\u0301', '😀', '\ufffe', '\\\\', '\\"'),
    fc.string({ unit: 'grapheme', maxLength: 5 }).map((text) => quoted(text).slice(1, -1)),
  ), { maxLength: 6 }).map((parts) => `"${parts.join('')}"`);

const numberText = fc.oneof(fc.constantFrom(...NASTY_NUMBERS), fc.bigInt().map(String), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), fc.stringMatching(/^-?[1-9][0-9]{0,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?$/));

/** Any JSON text (RFC 8259): repeated and dangerous names, numbers beyond 2^53, needless escapes and spaces. */
export const { value: jsonText } = fc.letrec<{ value: string; array: string; object: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, depthSize: 'small' }, fc.constantFrom('null', 'true', 'false', '""'), numberText, stringText, tie('array'), tie('object')),
  array: fc.array(fc.tuple(space, tie('value'), space).map((parts) => parts.join('')), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
  object: fc.array(
    fc.tuple(space, fc.oneof(fc.constantFrom('"a"', '"__proto__"', '"constructor"', '""'), stringText), space, space, tie('value'), space)
      .map(([before, name, behind, ahead, content, after]) => `${before}${name}${behind}:${ahead}${content}${after}`),
    { maxLength: 4 },
  ).map((members) => `{${members.join(',')}}`),
}));

/** A value that a route does not expect; well-formed JSON most often. */
const hostileValue = fc.oneof(
  nastyText.map(quoted), fc.constantFrom(...NASTY_NUMBERS), jsonText,
  fc.constantFrom(
    'null', 'true', '[]', '{}', '{"__proto__":{"type":"a","entity":"b","admin":true}}', '{"constructor":{"prototype":{"admin":true}}}',
    nested(10_000, '[', ']', '1'), nested(10_000, '{"a":', '}', '1'), `[${'0,'.repeat(5_000)}0]`, '"unfinished', '{,}', 'NaN', "'x'",
  ),
);

/** A JSON object from a valid one's members, some replaced, left out, repeated or added. */
function mutated(valid: Readonly<Record<string, unknown>>): fc.Arbitrary<string> {
  const members = Object.entries(valid).map(([name, content]) => fc.oneof(
    { weight: 24, arbitrary: fc.constant([`${quoted(name)}:${JSON.stringify(content)}`]) },
    { weight: 2, arbitrary: hostileValue.map((text) => [`${quoted(name)}:${text}`]) },
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: hostileValue.map((text) => [`${quoted(name)}:${text}`, `${quoted(name)}:${JSON.stringify(content)}`]) },
  ));
  const extra = fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, fc.tuple(nastyText, hostileValue).map(([name, text]) => [`${quoted(name)}:${text}`]));
  return fc.tuple(...members, extra).map((parts) => `{${parts.flat().join(',')}}`);
}

/** A request's body: a mutated valid one, any JSON, or bytes that are none. */
export const hostileBody = (valid: Readonly<Record<string, unknown>>): fc.Arbitrary<Uint8Array> => fc.oneof(
  { weight: 6, arbitrary: mutated(valid).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: hostileValue.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  // Broken UTF-8 within a valid body.
  { weight: 1, arbitrary: fc.tuple(fc.constant(JSON.stringify(valid)), fc.nat(), fc.constantFrom(0xff, 0xc0, 0xed, 0x00, 0x80)).map(([text, at, byte]) => {
    const bytes = Buffer.from(text);
    bytes[at % bytes.length] = byte;
    return bytes;
  }) },
);

/** Part of a path or query: percent-encoded most often, sometimes wrongly, without characters that end a request line. */
export const hostileSegment = fc.oneof(
  nastyText.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 4_000)),
  fc.constantFrom('%', '%2', '%00', '%ff', '%c0%af', '%2e%2e', '..', '.', ';a=b', '*', ':id', '[', '"', '\\', '%5c', '%2f', '%F0%9F%98%80', '%ed%a0%80', '\xff'),
  fc.string({ unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 20 }),
);

const HEADER_NAMES = [
  'idempotency-key', 'lockstep-tenant', 'traceparent', 'tracestate', 'content-type', 'content-encoding', 'content-length', 'transfer-encoding', 'expect', 'connection', 'upgrade', 'host', 'range', 'if-none-match',
  'accept', 'accept-version', 'accept-encoding', 'x-http-method-override', 'x-forwarded-for', 'cookie', 'origin', 'access-control-request-method', 'te', 'trailer', 'authorization', 'ce-specversion', 'ce-id', 'ce-source', 'ce-type', 'ce-subject', 'ce-time', 'ce-a-b', 'prefer', '__proto__', 'constructor', 'x',
];
const HEADER_VALUES = [
  '', '0', '-1', '5', '99999999999999999999', 'chunked', 'gzip', 'identity, chunked', '100-continue', 'the impossible', 'close', 'keep-alive, Upgrade', 'websocket', 'h2c', '*', '*/*', 'bytes=0-1', 'default', 'nobody', '"a"', '"a', 'a,b',
  'application/json', 'application/json; charset=utf-16', 'application/json;', 'application/json; x=\xff', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'multipart/form-data; boundary=x', ';', '/', 'application/cloudevents+json', 'application/cloudevents-batch+json', 'application/cloudevents', '1.0', '"a \\', '%C0%A0', 'wait=0', 'wait=',
  '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'x'.repeat(500), '%00', '\xff\xfe', '\t', 'a b', 'Bearer', 'Bearer \xff', 'Basic eDp5',
];

/** A header line, most often a well-formed one. */
export const hostileHeader: fc.Arbitrary<[string, string]> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...HEADER_NAMES), fc.constantFrom(...HEADER_VALUES)) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...HEADER_NAMES), fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 60 })) },
  { weight: 1, arbitrary: fc.tuple(fc.string({ unit: 'binary-ascii', maxLength: 10 }), fc.string({ unit: 'binary-ascii', maxLength: 20 })) },
);
