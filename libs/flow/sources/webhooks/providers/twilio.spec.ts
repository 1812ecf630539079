import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { example, fieldsOf } from '../fixtures/fields.js';
import { verdictOf, webhookRequest } from '../fixtures/verdict.js';
import { hmacOf } from '../signatures.js';
import type { WebhookRequest } from '../webhook-provider.js';
import { twilio } from './twilio.js';

const TOKEN = '12345';
const URL = 'https://mycompany.com/myapp.php?foo=1&bar=2';
const FORM = 'application/x-www-form-urlencoded; charset=UTF-8';
const TOKEN_HEADER = 'i-twilio-idempotency-token';

/** Of https://www.twilio.com/docs/usage/webhooks/webhooks-security */
const DOCUMENTED = 'CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030&To=%2B18005551212';
/** Of the tests of Twilio's library, as the following signatures. */
const CALL = 'To=%2B18005551212&From=%2B14158675309&Digits=1234&Caller=%2B14158675309&CallSid=CA1234567890ABCDE';
const JSON_BODY = '{"property": "value", "boolean": true}';
const JSON_HASH = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';

interface Request {
  readonly url?: string;
  readonly body?: string;
  readonly signature?: string;
  readonly contentType?: string;
}

const verdict = ({ url = URL, body = CALL, signature = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=', contentType = FORM }: Request, tokens = [TOKEN]): ReturnType<typeof verdictOf> =>
  verdictOf(twilio, { body: Buffer.from(body), headers: { 'content-type': contentType, 'x-twilio-signature': signature }, publicUrl: url, target: url.slice(url.indexOf('/', 8)) }, tokens);

describe('twilio', () => {
  it.each([
    ['the documented example', { body: DOCUMENTED, signature: '0/KCTR6DLpKmkAf8muzZqo1nDgQ=' }],
    ['a form', {}],
    ['a port that was not signed', { url: URL.replace('.com', '.com:1234') }],
    ['a port that was signed', { url: URL.replace('https://mycompany.com', 'http://mycompany.com:1234'), signature: 'Zmvh+3yNM1Phv2jhDCwEM3q5ebU=' }],
    ['port 443, which was signed', { signature: 'kvajT1Ptam85bY51eRf/AJRuM3w=' }],
    ['port 80, which was signed', { url: URL.replace('https', 'http'), signature: '0ZXoZLH/DfblKGATFgpif+LLRf4=' }],
    ['user and password', { url: URL.replace('https://', 'https://user:pass@'), signature: 'CukzLTc1tT5dXEDIHm/tKBanW10=' }],
    ['user, password and port 443, which was signed', { url: URL.replace('https://', 'https://user:pass@'), signature: 'ZQFR1PTIZXF2MXB8ZnKCvnnA+rI=' }],
    ['special characters in the query', { url: `${URL}&Body=It's+amazing`, signature: 'dsq4Ehbj6cs+KdTkpF5sSSplOWw=' }],
    ['special characters that were escaped', { url: `${URL}&Body=It's+amazing`, body: '', signature: hmacOf('sha1', TOKEN, [`${URL}&Body=It%27s+amazing`]).toString('base64') }],
    ['special characters that were escaped otherwise, with a port', { url: `${URL}&Body=It's+a~b`, body: '', signature: hmacOf('sha1', TOKEN, [`${URL}&Body=It's%20a~b`.replace('.com', '.com:443')]).toString('base64') }],
    ['SHA-256, of a shared key', { signature: hmacOf('sha256', TOKEN, [`${URL}CallSidCA1234567890ABCDECaller+14158675309Digits1234From+14158675309To+18005551212`]).toString('base64') }],
    ['a name with several values', { body: 'MessagingBinding.Address=%2B1415xxxxxxx&MessagingBinding.Address=%2B1325xxxxxxx', signature: '83O6e2vORAoJHUNzJjDWN1jz+BA=' }],
    ['values that are repeated, and names that begin alike', { body: 'SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234&Sid=CA123', signature: 'IK+Dwps556ElfBT0I3Rgjkr1wJU=' }],
    ['JSON, by its hash', { url: `${URL}&bodySHA256=${JSON_HASH}`, body: JSON_BODY, signature: 'a9nBmqA0ju/hNViExpshrM61xv4=', contentType: 'application/json' }],
    ['a hash as the only parameter', { url: `https://mycompany.com/myapp.php?bodySHA256=${JSON_HASH}`, body: JSON_BODY, signature: 'y77kIzt2vzLz71DgmJGsen2scGs=', contentType: 'application/json' }],
  ])('accepts %s', async (_, request: Request) => {
    expect(await verdict(request)).toBe('genuine');
    expect(await verdict(request, ['other', TOKEN])).toBe('genuine');
    expect(await verdict(request, ['other'])).toBe('mismatch');
  });

  it('accepts an empty body', async () => {
    expect(await verdict({ body: '', signature: hmacOf('sha1', TOKEN, [URL]).toString('base64'), contentType: '' })).toBe('genuine');
  });

  it.each([
    ['no signature', 'missing', { signature: '' }],
    ['hex', 'malformed', { signature: Buffer.from('RSOYDt4T1cUTdK1PDd93/VVr8B8=', 'base64').toString('hex') }],
    ['base64url', 'malformed', { signature: 'RSOYDt4T1cUTdK1PDd93_VVr8B8=' }],
    ['no padding', 'malformed', { signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8' }],
    ['more than 1,000 fields', 'malformed', { body: 'a=b&'.repeat(1_000), signature: hmacOf('sha1', TOKEN, [`${URL}ab`]).toString('base64') }],
    ['another value', 'mismatch', { body: CALL.replace('1234', '1235') }],
    ['another parameter', 'mismatch', { body: `${CALL}&more=` }],
    ['one parameter less', 'mismatch', { body: CALL.replace('Digits=1234&', '') }],
    ['another query', 'mismatch', { url: `${URL}&somethingUnexpected=true` }],
    ['another path', 'mismatch', { url: URL.replace('myapp', 'MyApp') }],
    ['another host', 'mismatch', { url: URL.replace('.com', '.org') }],
    ['another body than hashed', 'mismatch', { url: `${URL}&bodySHA256=${JSON_HASH}`, body: JSON_BODY.replace('true', 'false'), signature: 'a9nBmqA0ju/hNViExpshrM61xv4=' }],
    ['a hash that is cut off', 'mismatch', { url: `${URL}&bodySHA256=${JSON_HASH.slice(0, -1)}`, body: JSON_BODY, signature: hmacOf('sha1', TOKEN, [`${URL}&bodySHA256=${JSON_HASH.slice(0, -1)}`]).toString('base64') }],
    ['JSON without a hash, which nothing protects', 'malformed', { body: JSON_BODY, contentType: 'application/json', signature: hmacOf('sha1', TOKEN, [URL]).toString('base64') }],
  ])('refuses %s: %s', async (_, reason, request: Request) => {
    expect(await verdict(request)).toBe(reason);
  });

  it.each([
    ['message-received.txt', 'SM2xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/received', 'message.received', 'SM2xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
    ['message-delivered.txt', 'SM2xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/delivered', 'message.delivered', 'SM2xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
    ['call-completed.txt', 'CAxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/completed', 'call.completed', 'CAxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
    ['recording-completed.txt', 'CAxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/event', 'recording.completed', 'CAxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
    ['event-stream.json', 's/EZxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'com.twilio.messaging.message.sent', 's'],
  ])('reads %s', async (name, id, type, entity) => {
    const request = signed(name);
    const { 'x-twilio-signature': signature = '' } = request.headers;
    expect(await verdictOf(twilio, request, [TOKEN])).toBe('genuine');
    expect(fieldsOf(twilio, request.headers, request.body)).toEqual({ id: `${id}/${String(signature)}`, type, entity });
    expect(fieldsOf(twilio, { ...request.headers, [TOKEN_HEADER]: 'token' }, request.body).id).toBe(`${id}/token`);
  });

  it('says what to set while the public URL is not known', async () => {
    const headers = { 'content-type': FORM, 'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' };
    await expect(verdictOf(twilio, { body: Buffer.from(CALL), headers }, [TOKEN])).rejects.toMatchObject({ name: 'UnverifiableError', message: expect.stringMatching(/LOCKSTEP_PUBLIC_URL/) });
    expect(await verdictOf(twilio, { body: Buffer.from(CALL) }, [TOKEN])).toBe('missing');
  });

  it('says that a SID is no secret', () => {
    expect(twilio.secretProblem?.(`AC${'0'.repeat(32)}`, {})).toMatch(/auth token/);
    expect(twilio.secretProblem?.('0'.repeat(32), {})).toBeUndefined();
  });
});

function signed(name: string): WebhookRequest {
  const body = example('twilio', name);
  const isForm = name.endsWith('.txt');
  const url = isForm ? 'https://hooks.example.com/in/twilio' : `https://hooks.example.com/in/twilio?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
  const fields = isForm ? [...new URLSearchParams(body.toString())].map((field) => field.join('')).sort().join('') : '';
  return webhookRequest({
    body, publicUrl: url, target: url.slice('https://hooks.example.com'.length),
    headers: { 'content-type': isForm ? FORM : 'application/json', 'x-twilio-signature': hmacOf('sha1', TOKEN, [url, fields]).toString('base64') },
  });
}
