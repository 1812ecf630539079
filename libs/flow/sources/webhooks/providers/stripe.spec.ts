import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { example } from '../fixtures/fields.js';
import { verdictOf } from '../fixtures/verdict.js';
import { stripe } from './stripe.js';

const SECRET = 'whsec_test_secret';
const SIGNED_AT_S = 1_680_064_028;
const BODY = example('stripe', 'customer.created.json');

const sign = (timestamp: string | number = SIGNED_AT_S, secret = SECRET): string => createHmac('sha256', secret).update(`${timestamp}.`).update(BODY).digest('hex');
const V1 = sign();
const verdict = (header: string | undefined, { secrets = [SECRET], body = BODY, ageS = 0 } = {}): ReturnType<typeof verdictOf> =>
  verdictOf(stripe, { headers: header === undefined ? {} : { 'stripe-signature': header }, body, receivedAtMs: (SIGNED_AT_S + ageS) * 1_000 }, secrets);

describe('stripe', () => {
  it.each([
    ['one signature', `t=${SIGNED_AT_S},v1=${V1}`, {}],
    ['one of test events, of which v0 is ignored', `t=${SIGNED_AT_S},v1=${V1},v0=${'0'.repeat(64)}`, {}],
    ['two, while a secret is rotated', `t=${SIGNED_AT_S},v1=${sign(SIGNED_AT_S, 'whsec_new')},v1=${V1}`, {}],
    ['two secrets', `t=${SIGNED_AT_S},v1=${V1}`, { secrets: ['whsec_new', SECRET] }],
    ['up to 16 items', `t=${SIGNED_AT_S},${`v1=${'0'.repeat(64)},`.repeat(14)}v1=${V1}`, {}],
    ['five minutes of age', `t=${SIGNED_AT_S},v1=${V1}`, { ageS: 300 }],
  ])('accepts %s', async (_, header, given) => {
    expect(await verdict(header, given)).toBe('genuine');
  });

  it.each([
    ['no header', undefined, {}, 'missing'],
    ['an empty header', '', {}, 'missing'],
    ['no time', `v1=${V1}`, {}, 'malformed'],
    ['a time that is none', `t=x,v1=${V1}`, {}, 'malformed'],
    ['text after the time', `t=${SIGNED_AT_S}x,v1=${V1}`, {}, 'malformed'],
    ['a time with a leading zero', `t=0${SIGNED_AT_S},v1=${V1}`, {}, 'mismatch'],
    ['another time', `t=${SIGNED_AT_S + 1},v1=${V1}`, {}, 'mismatch'],
    ['another time behind the signed one', `t=${SIGNED_AT_S},v1=${V1},t=${SIGNED_AT_S + 1}`, {}, 'mismatch'],
    ['no v1', `t=${SIGNED_AT_S},v0=${V1}`, {}, 'missing'],
    ['an empty v1', `t=${SIGNED_AT_S},v1=`, {}, 'malformed'],
    ['a space in front of v1', `t=${SIGNED_AT_S}, v1=${V1}`, {}, 'missing'],
    ['capitals', `t=${SIGNED_AT_S},v1=${V1.toUpperCase()}`, {}, 'malformed'],
    ['base64', `t=${SIGNED_AT_S},v1=${Buffer.from(V1, 'hex').toString('base64')}`, {}, 'malformed'],
    ['a part of the signature', `t=${SIGNED_AT_S},v1=${V1.slice(2)}`, {}, 'mismatch'],
    ['another secret', `t=${SIGNED_AT_S},v1=${V1}`, { secrets: ['whsec_new'] }, 'mismatch'],
    ['no secret', `t=${SIGNED_AT_S},v1=${V1}`, { secrets: [] }, 'mismatch'],
    ['a body with a byte order mark', `t=${SIGNED_AT_S},v1=${V1}`, { body: Buffer.concat([Buffer.from('\ufeff'), BODY]) }, 'mismatch'],
    ['a body that was written again', `t=${SIGNED_AT_S},v1=${V1}`, { body: Buffer.from(JSON.stringify(JSON.parse(BODY.toString()))) }, 'mismatch'],
    ['a signature behind 16 items', `t=${SIGNED_AT_S},${`v1=${'0'.repeat(64)},`.repeat(15)}v1=${V1}`, {}, 'mismatch'],
    ['an old event', `t=${SIGNED_AT_S},v1=${V1}`, { ageS: 301 }, 'expired'],
    ['an event of the future', `t=${SIGNED_AT_S},v1=${V1}`, { ageS: -301 }, 'expired'],
  ])('refuses %s', async (_, header, given, reason) => {
    expect(await verdict(header, given)).toBe(reason);
  });

  it.each([['whsec_test_secret', true], ['sk_test_4eC39HqLyjWDarjtT1zdp7dc', false], ['whsec_', false], ['whsec_test secret', false], ['whsec_test\n', false]])('takes %j for a secret: %s', (secret, isOne) => {
    expect(stripe.secretProblem?.(secret, {}) === undefined).toBe(isOne);
  });
});
