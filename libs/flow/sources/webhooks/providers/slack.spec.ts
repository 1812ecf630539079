import { describe, expect, it } from '@jest/globals';
import { example, fieldsOf } from '../fixtures/fields.js';
import { verdictOf, webhookRequest } from '../fixtures/verdict.js';
import { hmacOf } from '../signatures.js';
import type { WebhookRequest } from '../webhook-provider.js';
import { slack } from './slack.js';

/** The example of https://docs.slack.dev/authentication/verifying-requests-from-slack, whose body is slash-command.txt. */
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const SIGNED_AT_S = 1_531_420_618;
const SIGNATURE = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';

const payload = (name: string): Buffer => example('slack', name);
const contentTypeOf = (name: string): string => (name.endsWith('.txt') ? 'application/x-www-form-urlencoded' : 'application/json');

function signed(name: string): WebhookRequest {
  const body = payload(name);
  const signature = `v0=${hmacOf('sha256', SECRET, [`v0:${SIGNED_AT_S}:`, body]).toString('hex')}`;
  const headers = { 'content-type': contentTypeOf(name), 'x-slack-request-timestamp': String(SIGNED_AT_S), 'x-slack-signature': signature };
  return webhookRequest({ body, headers, receivedAtMs: SIGNED_AT_S * 1_000 });
}

const published = ({ headers = {}, body = payload('slash-command.txt'), ageS = 0, secrets = [SECRET] }: { readonly headers?: Record<string, string>; readonly body?: Buffer; readonly ageS?: number; readonly secrets?: readonly string[] }): ReturnType<typeof verdictOf> =>
  verdictOf(slack, { body, headers: { 'x-slack-request-timestamp': String(SIGNED_AT_S), 'x-slack-signature': SIGNATURE, ...headers }, receivedAtMs: (SIGNED_AT_S + ageS) * 1_000 }, secrets);

describe('slack', () => {
  it.each([0, 300, -300])('accepts the published example %i s later', async (ageS) => {
    expect(await published({ ageS })).toBe('genuine');
    expect(await published({ ageS, secrets: ['other', SECRET, 'another'] })).toBe('genuine');
  });

  it.each([
    ['no signature', 'missing', { headers: { 'x-slack-signature': '' } }],
    ['no time', 'missing', { headers: { 'x-slack-request-timestamp': '' } }],
    ['a time that is none', 'malformed', { headers: { 'x-slack-request-timestamp': `${SIGNED_AT_S}.0` } }],
    ['another version', 'malformed', { headers: { 'x-slack-signature': SIGNATURE.replace('v0', 'v1') } }],
    ['upper case', 'malformed', { headers: { 'x-slack-signature': `v0=${SIGNATURE.slice(3).toUpperCase()}` } }],
    ['base64', 'malformed', { headers: { 'x-slack-signature': `v0=${Buffer.from(SIGNATURE.slice(3), 'hex').toString('base64')}` } }],
    ['two signatures', 'malformed', { headers: { 'x-slack-signature': `${SIGNATURE}, ${SIGNATURE}` } }],
    ['a part of it', 'mismatch', { headers: { 'x-slack-signature': SIGNATURE.slice(0, -2) } }],
    ['another time', 'mismatch', { headers: { 'x-slack-request-timestamp': String(SIGNED_AT_S + 1) } }],
    ['another body', 'mismatch', { body: payload('message.json') }],
    ['another secret', 'mismatch', { secrets: ['8f742231b10e8888abcd99yyyzzz85a6'] }],
    ['more than five minutes ago', 'expired', { ageS: 301 }],
    ['more than five minutes ahead', 'expired', { ageS: -301 }],
  ])('refuses %s: %s', async (_, reason, changes) => {
    expect(await published(changes)).toBe(reason);
  });

  it.each([
    ['message.json', 'Ev123ABC456', 'message', 'T123ABC456/C123ABC456'],
    ['message-changed.json', 'Ev123ABC457', 'message.message_changed', 'T123ABC456/C123ABC456'],
    ['reaction-added.json', 'Ev123ABC458', 'reaction_added', 'T123ABC456/C123ABC456'],
    ['channel-created.json', 'Ev123ABC459', 'channel_created', 'T123ABC456/C024BE91L'],
    ['team-join.json', 'Ev123ABC460', 'team_join', 'T123ABC456/team'],
    ['app-rate-limited.json', undefined, 'app_rate_limited', 'T123ABC456/team'],
    ['slash-command.txt', undefined, 'slash_command', 'T1DC2JH3J/G8PSS9T3V'],
    ['block-actions.txt', undefined, 'block_actions', 'T9TK3CUKW/CBR2V3XEX'],
  ])('reads %s', async (name, id, type, entity) => {
    const request = signed(name);
    expect(await verdictOf(slack, request, [SECRET])).toBe('genuine');
    // What has no id gets the signature's, which is another for each request.
    expect(fieldsOf(slack, request.headers, request.body)).toEqual({ id: id ?? request.headers['x-slack-signature'], type, entity });
    expect(slack.answer?.(request)).toBeUndefined();
  });

  it('answers the check of a URL with its challenge, and nothing else', () => {
    expect(slack.answer?.(signed('url-verification.json'))).toEqual({ status: 200, contentType: 'text/plain; charset=utf-8', body: '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P' });
    for (const text of ['{"type":"event_callback","event":{"type":"url_verification","challenge":"x"}}', '{"type":"url_verification"}', '{"type":"url_verification","challenge":1}', '{"type":"url_verification",', '"url_verification"']) {
      expect(slack.answer?.(webhookRequest({ body: Buffer.from(text), headers: { 'content-type': 'application/json' } }))).toBeUndefined();
    }
  });

  it('answers the check of a certificate', () => {
    const answered = (text: string): number | undefined => slack.answer?.(webhookRequest({ body: Buffer.from(text), headers: { 'content-type': 'application/x-www-form-urlencoded' } }))?.status;
    expect([answered('ssl_check=1&token=x'), answered('token=x&ssl_check=1'), answered('text=ssl_check%3D1&command=%2Fa'), answered('text=ssl_check=1')]).toEqual([200, 200, undefined, undefined]);
  });

  it('says that a token is no secret', () => {
    expect([slack.secretProblem?.('xoxb-1-2-a', {}), slack.secretProblem?.('xapp-1-a', {})]).toEqual(Array(2).fill(expect.stringMatching(/signing secret/)));
    expect(slack.secretProblem?.(SECRET, {})).toBeUndefined();
  });
});
