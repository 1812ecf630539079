import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isEventType } from '#domain/event-type';
import { example, fieldsOf } from '../fixtures/fields.js';
import { itAgreesWith } from '../fixtures/oracle-suite.js';
import { installOracles } from '../fixtures/oracles.js';
import { verdictOf } from '../fixtures/verdict.js';
import { github } from './github.js';
import { standardWebhooks } from './standard-webhooks.js';
import { stripe } from './stripe.js';

interface StripePackage {
  readonly default: {
    readonly webhooks: {
      generateTestHeaderString(options: { payload: string; secret: string; timestamp: number }): string;
      readonly signature: { verifyHeader(payload: Buffer, header: string, secret: string, toleranceS: number): boolean };
    };
  };
}

interface SvixPackage {
  readonly Webhook: new (secret: string) => { sign(id: string, at: Date, payload: string): string; verify(payload: string, headers: Record<string, string>): unknown };
}

type GitHubExamples = { readonly default: readonly { readonly name: string; readonly examples: readonly object[] }[] };

const load = await installOracles();

if (load === undefined) {
  it.skip("verify as the providers' own packages do", () => undefined);
} else {
  const { webhooks } = (await load<StripePackage>('stripe')).default;
  const { Webhook } = await load<SvixPackage>('svix');
  const { default: documented } = await load<GitHubExamples>('@octokit/webhooks-examples/api.github.com/index.json');

  describe('stripe', () => {
    itAgreesWith('stripe', {
      provider: stripe,
      secret: fc.stringMatching(/^whsec_[A-Za-z0-9]{32}$/),
      sign: (payload, secret, signedAtMs) => ({ 'stripe-signature': webhooks.generateTestHeaderString({ payload, secret, timestamp: Math.floor(signedAtMs / 1_000) }) }),
      verify: (body, headers, secret) => webhooks.signature.verifyHeader(body, headers['stripe-signature'] ?? '', secret, 300),
      signatureHeader: 'stripe-signature',
      expires: true,
    });

    it.each(['customer.created.json', 'payment_intent.succeeded.json', 'v1.billing.meter.no_meter_found.json'])('accepts %s with the signature of the package', async (file) => {
      const body = example('stripe', file);
      const header = webhooks.generateTestHeaderString({ payload: body.toString(), secret: 'whsec_test', timestamp: Math.floor(Date.now() / 1_000) });
      expect(await verdictOf(stripe, { headers: { 'stripe-signature': header }, body }, ['whsec_test'])).toBe('genuine');
    });
  });

  describe('standard-webhooks with the names of Svix', () => {
    const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
    itAgreesWith('svix', {
      provider: standardWebhooks,
      secret: fc.uint8Array({ minLength: 24, maxLength: 64 }).map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`),
      sign: (body, secret, signedAtMs) => ({ 'svix-id': id, 'svix-timestamp': String(Math.floor(signedAtMs / 1_000)), 'svix-signature': new Webhook(secret).sign(id, new Date(signedAtMs), body) }),
      verify: (body, headers, secret) => {
        new Webhook(secret).verify(body.toString(), headers);
        return true;
      },
      signatureHeader: 'svix-signature',
      signedHeaders: ['svix-id', 'svix-timestamp'],
      expires: true,
    });
  });

  describe('github', () => {
    const examples = documented.flatMap(({ name, examples: bodies }) => bodies.map((body, index) => [name, index, body] as const));

    it.each(examples)('makes an event of the documented example of %s (%i)', (event, _, body) => {
      const { type, entity } = fieldsOf(github, { 'x-github-event': event, 'x-github-delivery': 'id' }, Buffer.from(JSON.stringify(body)));
      const { action, repository } = body as { action?: string; repository?: { full_name: string } };
      expect(type).toBe(action === undefined ? event : `${event}.${action}`);
      expect(isEventType(type)).toBe(true);
      if (repository === undefined) expect(entity).toMatch(/./);
      else expect(entity).toBe(repository.full_name);
    });
  });
}
