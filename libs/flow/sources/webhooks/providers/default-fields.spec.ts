import { describe, expect, it } from '@jest/globals';
import { FieldTemplate } from '../../field-template.js';
import { example, fieldsOf } from '../fixtures/fields.js';
import { webhookProviders } from '../webhook-providers.js';
import { basic } from './basic.js';
import { github } from './github.js';
import { hmac } from './hmac.js';
import { none } from './none.js';
import { standardWebhooks } from './standard-webhooks.js';
import { stripe } from './stripe.js';

describe('the default fields', () => {
  it.each(Object.values(webhookProviders).map((provider) => [provider.name, provider] as const))('of %s are templates', (_, { fields }) => {
    for (const text of [fields.id, fields.type, fields.entity]) if (text !== undefined) expect(() => new FieldTemplate(text, 'request')).not.toThrow();
  });

  it.each([
    ['customer.created.json', 'evt_1NG8Du2eZvKYlo2CUI79vXWy', 'customer.created', 'cus_NffrFeUfNV2Hib'],
    ['customer.subscription.updated.json', 'evt_1MqqbKLt4dXK03v5qaIbiNCC', 'customer.subscription.updated', 'cus_Na6dX7aXxi11N4'],
    ['payment_intent.succeeded.json', 'evt_3MtwBwLkdIwHu7ix0snN0B15', 'payment_intent.succeeded', 'pi_3MtwBwLkdIwHu7ix28a3tqPa'],
    ['invoice.paid-of-an-account.json', 'evt_1SPqkV2eZvKYlo2CwnZr0f3T', 'invoice.paid', 'acct_1SPqjx2eZvKYlo2C'],
    ['balance.available.json', 'evt_1NJ0S82eZvKYlo2C8lvLyBdr', 'balance.available', 'acct_1Ee3Jg2eZvKYlo2C'],
    ['account.application.deauthorized.json', 'evt_1CiPtv2eZvKYlo2CcUZsDcO6', 'account.application.deauthorized', 'ca_ClN9LbhKcvEDCVDVRlbZfoBbbEXBQbLj'],
    ['v1.billing.meter.error_report_triggered.json', 'evt_test_65R9Ijk8dKEYZcXeRWn16R9A7j1FSQ3w3TGDPLLGSM4CW0', 'v1.billing.meter.error_report_triggered', 'mtr_test_61R9IeP0SgKbYROx241PEAQhH0qO23oW'],
    ['v1.billing.meter.no_meter_found.json', 'evt_test_61R9IeP0SgKbYROx241PEAQhH0qO23p0', 'v1.billing.meter.no_meter_found', 'acct_1Ee3Jg2eZvKYlo2C'],
  ])("find a customer or else an object in Stripe's %s", (file, id, type, entity) => {
    expect(fieldsOf(stripe, {}, example('stripe', file))).toEqual({ id, type, entity });
  });

  it.each([
    ['push.json', 'push', 'push', 'Codertocat/Hello-World'],
    ['issues.opened.json', 'issues', 'issues.opened', 'Codertocat/Hello-World'],
    ['ping.json', 'ping', 'ping', 'Octocoders'],
    ['installation.created.json', 'installation', 'installation.created', '2'],
    ['github_app_authorization.revoked.json', 'github_app_authorization', 'github_app_authorization.revoked', 'octocat'],
    ['security_advisory.published.json', 'security_advisory', 'security_advisory.published', 's'],
  ])("find a repository or what is above it in GitHub's %s", (file, event, type, entity) => {
    const id = '72d3162e-cc78-11e3-81ab-4c9367dc0958';
    const [headers, body] = [{ 'x-github-delivery': id, 'x-github-event': event }, example('github', file)];
    expect(fieldsOf(github, headers, body)).toEqual({ id, type, entity });
    const form = Buffer.from(new URLSearchParams({ payload: body.toString() }).toString());
    expect(fieldsOf(github, { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, form)).toEqual({ id, type, entity });
  });

  it.each([
    ['contact.created.json', 'contact.created', '1f81eb52-5198-4599-803e-771906343485'],
    ['example.event.json', 'example.event', 's'],
    ['response.completed.json', 'response.completed', 'resp_abc123'],
    ['user.created.json', 'user.created', 'user_29w83sxmDNGwOuEthce5gg56FcC'],
  ])("find the data's id in the Standard Webhooks' %s", (file, type, entity) => {
    for (const prefix of ['webhook', 'svix']) expect(fieldsOf(standardWebhooks, { [`${prefix}-id`]: 'msg_1' }, example('standard-webhooks', file))).toEqual({ id: 'msg_1', type, entity });
  });

  it.each([
    ['order.json', 'order.created', 'order-42'],
    ['form.txt', 'webhook', 's'],
  ])('make an event of whatever a generic sender sends: %s', (file, type, entity) => {
    for (const provider of [hmac, basic, none]) {
      expect(provider.fields.isIdOptional).toBe(true);
      expect(fieldsOf(provider, {}, example('hmac', file))).toEqual({ id: undefined, type, entity });
      expect(fieldsOf(provider, { 'idempotency-key': '"order 42"' }, example('hmac', file))).toEqual({ id: 'order 42', type, entity });
    }
  });
});
