import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { verdictOf } from '../fixtures/verdict.js';
import { hmac } from './hmac.js';

const NOW_MS = 1_700_000_000_000;
const SECRET = 'correct horse battery staple';
const BODY = Buffer.from('{ "name": "Zoë" }\n');

const sign = (content: string | Buffer, { algorithm = 'sha256', encoding = 'hex', key = SECRET }: { algorithm?: string; encoding?: 'hex' | 'base64'; key?: string } = {}): string => createHmac(algorithm, key).update(content).digest(encoding);
const verdict = (headers: Record<string, string>, settings: object = {}, { body = BODY, secrets = [SECRET], receivedAtMs = NOW_MS } = {}): ReturnType<typeof verdictOf> => verdictOf(hmac, { headers, body, receivedAtMs }, secrets, settings);
const problemsOf = (settings: object): string[] => hmac.settings.safeParse(settings).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('hmac', () => {
  it('expects the hex SHA-256 of the raw body in x-webhook-signature, when nothing is set', async () => {
    expect(await verdict({ 'x-webhook-signature': sign(BODY) })).toBe('genuine');
    expect(await verdict({ 'x-webhook-signature': sign(BODY).toUpperCase() })).toBe('genuine');
    expect(await verdict({ 'x-webhook-signature': sign(BODY) }, {}, { body: Buffer.from('{"name":"Zoë"}') })).toBe('mismatch');
    expect(await verdict({ 'x-webhook-signature': sign(BODY, { key: 'another' }) })).toBe('mismatch');
    expect(await verdict({ 'x-webhook-signature': sign(BODY).slice(2) })).toBe('mismatch');
    expect(await verdict({ 'x-webhook-signature': sign(BODY, { encoding: 'base64' }) })).toBe('malformed');
    expect(await verdict({})).toBe('missing');
  });

  const slackBody = 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  it.each([
    ["GitHub's", { header: 'X-Hub-Signature-256', prefix: 'sha256=' }, "It's a Secret to Everybody", 'Hello, World!', { 'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' }, NOW_MS],
    [
      "Slack's", { header: 'x-slack-signature', prefix: 'v0=', signedContent: 'v0:{timestamp}:{body}', timestamp: 'header:X-Slack-Request-Timestamp' }, '8f742231b10e8888abcd99yyyzzz85a5', slackBody,
      { 'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503', 'x-slack-request-timestamp': '1531420618' }, 1_531_420_618_000,
    ],
    [
      "the Standard Webhooks'", { header: 'webhook-signature', prefix: 'v1,', encoding: 'base64', secretEncoding: 'base64', signedContent: '{header:webhook-id}.{timestamp}.{body}', timestamp: 'header:webhook-timestamp' }, 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', '{"test": 2432232314}',
      { 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=', 'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330' }, 1_614_265_330_000,
    ],
    // RFC 4231, 4.2 (test case 1).
    ["the RFC's", { secretEncoding: 'hex' }, '0b'.repeat(20), 'Hi There', { 'x-webhook-signature': 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7' }, NOW_MS],
  ])('verifies %s published example', async (_, settings, secret, body, headers, receivedAtMs) => {
    expect(await verdict(headers, settings, { body: Buffer.from(body), secrets: ['another', secret], receivedAtMs })).toBe('genuine');
    expect(await verdict(headers, settings, { body: Buffer.from(`${body} `), secrets: [secret], receivedAtMs })).toBe('mismatch');
  });

  it('reads a header with several items, of which one is the time', async () => {
    const stripeLike = { header: 'calendly-webhook-signature', prefix: 'v1=', signedContent: '{timestamp}.{body}', timestamp: 'signature:t' };
    const signature = sign(`1700000000.${BODY.toString()}`);
    for (const header of [`t=1700000000,v1=${signature}`, `v1=${'0'.repeat(64)}, v1=${signature}, t=1700000000`]) {
      expect(await verdict({ 'calendly-webhook-signature': header }, stripeLike)).toBe('genuine');
    }
    expect(await verdict({ 'calendly-webhook-signature': `t=1700000001,v1=${signature}` }, stripeLike)).toBe('mismatch');
    expect(await verdict({ 'calendly-webhook-signature': `v1=${signature}` }, stripeLike)).toBe('missing');
    expect(await verdict({ 'calendly-webhook-signature': 't=1700000000' }, stripeLike)).toBe('missing');
    const paddle = { header: 'paddle-signature', prefix: 'h1=', signedContent: '{timestamp}:{body}', timestamp: 'signature:ts' };
    expect(await verdict({ 'paddle-signature': `ts=1700000000;h1=${sign(`1700000000:${BODY.toString()}`)}` }, paddle)).toBe('genuine');
  });

  it.each([
    ['seconds', '1700000000', '1700000301', '17.5'],
    ['milliseconds', '1700000000000', '1700000300001', '1700000000000000'],
    ['rfc3339', '2023-11-14T22:13:20Z', '2023-11-14T22:08:19+00:00', '2023-02-30T00:00:00Z'],
  ])('reads a time in %s, and refuses one that is too far away', async (timestampFormat, near, far, wrong) => {
    const settings = { signedContent: '{timestamp}{body}', timestamp: 'header:x-time', timestampFormat };
    const at = (time: string, further: object = {}): ReturnType<typeof verdictOf> => verdict({ 'x-time': time, 'x-webhook-signature': sign(time + BODY.toString()) }, { ...settings, ...further });
    expect(await at(near)).toBe('genuine');
    expect(await at(far)).toBe('expired');
    expect(await at(far, { tolerance: '6m' })).toBe('genuine');
    expect(await at(wrong)).toBe('malformed');
    expect(await verdict({ 'x-webhook-signature': sign(BODY) }, settings)).toBe('missing');
  });

  it('signs the bytes of a header as they were sent', async () => {
    // A server reads each byte of a header as a character.
    const id = Buffer.from('Zoë').toString('latin1');
    const settings = { signedContent: '{header:X-Id}:{body}' };
    expect(await verdict({ 'x-id': id, 'x-webhook-signature': sign(`Zoë:${BODY.toString()}`) }, settings)).toBe('genuine');
    expect(await verdict({ 'x-webhook-signature': sign(`:${BODY.toString()}`) }, settings)).toBe('missing');
  });

  it('signs the public URL, and refuses to guess it', async () => {
    // As HubSpot's third version does.
    const settings = { encoding: 'base64', signedContent: 'POST{url}{body}{timestamp}', timestamp: 'header:x-time', timestampFormat: 'milliseconds' };
    const publicUrl = 'https://events.example.com/in/hubspot?a=%20b';
    const headers = { 'x-time': String(NOW_MS), 'x-webhook-signature': sign(`POST${publicUrl}${BODY.toString()}${NOW_MS}`, { encoding: 'base64' }) };
    expect(await verdictOf(hmac, { headers, body: BODY, receivedAtMs: NOW_MS, publicUrl }, [SECRET], settings)).toBe('genuine');
    expect(await verdictOf(hmac, { headers, body: BODY, receivedAtMs: NOW_MS, publicUrl: `${publicUrl}c` }, [SECRET], settings)).toBe('mismatch');
    await expect(verdict(headers, settings)).rejects.toThrow(/LOCKSTEP_PUBLIC_URL/);
  });

  it('verifies with any settings, and refuses a change in any byte', async () => {
    const settingsOf = fc.record({
      algorithm: fc.constantFrom('sha1', 'sha256', 'sha512'), encoding: fc.constantFrom('hex' as const, 'base64' as const), prefix: fc.constantFrom('', 'sha256=', 'v1,', 'HMAC '), secretEncoding: fc.constantFrom('text' as const, 'hex' as const, 'base64' as const),
    });
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 80 }).map((array) => Buffer.from(array));
    const key = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 });
    await fc.assert(fc.asyncProperty(settingsOf, bytes, key, fc.nat(), async (settings, body, secret, position) => {
      const given = settings.secretEncoding === 'text' ? secret : Buffer.from(secret).toString(settings.secretEncoding);
      const signature = sign(body, { ...settings, key: secret });
      const judge = (text: string, changed: Buffer, secrets: readonly string[]): ReturnType<typeof verdictOf> => verdictOf(hmac, { headers: { 'x-webhook-signature': settings.prefix + text }, body: changed }, secrets, settings);
      expect(await judge(signature, body, [given])).toBe('genuine');
      const changed = Buffer.from(body);
      changed[position % body.length] = (changed[position % body.length] ?? 0) ^ (1 + (position % 255));
      expect(await judge(signature, changed, [given])).toBe('mismatch');
      const other = Buffer.from(signature, settings.encoding);
      other[position % other.length] = (other[position % other.length] ?? 0) ^ 1;
      expect(await judge(other.toString(settings.encoding), body, [given])).toBe('mismatch');
      const [first = ''] = secret;
      const otherSecret = String.fromCodePoint(first.charCodeAt(0) ^ 1) + secret.slice(1);
      expect(await judge(signature, body, [settings.secretEncoding === 'text' ? otherSecret : Buffer.from(otherSecret).toString(settings.secretEncoding)])).toBe('mismatch');
    }));
  });

  it.each([
    [{ algorithm: 'md5' }, /^algorithm: /],
    [{ header: 'x signature' }, /^header: must be the name of the header/],
    [{ tolerance: '2d' }, /^tolerance: must be a duration/],
    [{ timestamp: 'x-time', signedContent: '{timestamp}{body}' }, /^timestamp: must be header:NAME/],
    [{ signedContent: '{timestamp}' }, /^signedContent: must have \{body\}/],
    [{ signedContent: '{body}{id}' }, /^signedContent: has a brace/],
    [{ signedContent: '{body' }, /^signedContent: has a brace/],
    [{ signedContent: '{timestamp}{body}' }, /^signedContent: has \{timestamp\}, but settings.timestamp does not say where it is/],
    [{ timestamp: 'header:x-time' }, /^signedContent: must have \{timestamp\}: a time that is not signed proves nothing/],
    [{ secret: 'x' }, /secret/],
  ])('refuses the settings %j', (settings, problem) => {
    expect(problemsOf(settings)).toEqual([expect.stringMatching(problem)]);
  });

  it('checks its settings among those of every source, too', () => {
    const all = z.intersection(hmac.settings, z.strictObject({ id: z.string().optional() }));
    expect(all.safeParse({ id: 'header:x-id', prefix: 'sha256=' }).success).toBe(true);
    expect(all.safeParse({ id: 'header:x-id', timestamp: 'header:x-time' }).error?.issues).toEqual([expect.objectContaining({ path: ['signedContent'] })]);
  });

  it('takes a secret in the encoding of its settings', () => {
    expect(hmac.secretProblem?.('any text', {})).toBeUndefined();
    expect(hmac.secretProblem?.('0A0b', { secretEncoding: 'hex' })).toBeUndefined();
    expect(hmac.secretProblem?.('0A0', { secretEncoding: 'hex' })).toMatch(/must be in hex/);
    expect(hmac.secretProblem?.('YWJj', { secretEncoding: 'base64' })).toBeUndefined();
    expect(hmac.secretProblem?.('YWJ', { secretEncoding: 'base64' })).toMatch(/must be in base64/);
  });
});
