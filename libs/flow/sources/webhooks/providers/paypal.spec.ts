import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CertificateRequest, issueCertificate, type KeyPair } from '#dev/testing/issued-certificate';
import { Roots } from '../certificates.js';
import { example, fieldsOf } from '../fixtures/fields.js';
import { webhookRequest } from '../fixtures/verdict.js';
import { SignatureError, type SignatureFailure } from '../webhook-provider.js';
import { paypal, paypalTrusting } from './paypal.js';

const HOST = 'messageverificationcerts.paypal.com';
const CERT_URL = 'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270';
const WEBHOOK_ID = '1JE4291016473214C';
const NOW_MS = Date.UTC(2026, 10, 29, 12);
const DAY_MS = 86_400_000;
const BODY = example('paypal', 'capture-completed.json');

const year = { validFromMs: NOW_MS - 100 * DAY_MS, validUntilMs: NOW_MS + 265 * DAY_MS };
const keys = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const root = issueCertificate({ ...year, commonName: 'Root', isAuthority: true });
const intermediate = issueCertificate({ ...year, commonName: 'Intermediate', isAuthority: true, issuer: root });
const certificate = (request: Partial<CertificateRequest> = {}): string => issueCertificate({ ...year, commonName: HOST, hostnames: [HOST], keys, issuer: intermediate, ...request }).pem;
const PEM = certificate() + intermediate.pem;
const provider = paypalTrusting(new Roots([root.pem]));

interface Transmission {
  readonly headers?: Record<string, string | undefined>;
  readonly body?: Buffer;
  readonly signedBy?: KeyPair;
  readonly algorithm?: string;
  /** What is signed, where it is not what is sent. */
  readonly signedBody?: Buffer;
  readonly signedWebhookId?: string;
  readonly pem?: string;
  readonly settings?: Record<string, unknown>;
  readonly receivedAtMs?: number;
}

/** The headers of a genuine request. */
function signed({ body = BODY, signedBody = body, signedBy = keys, signedWebhookId = WEBHOOK_ID, algorithm = 'sha256', headers = {} }: Transmission): Record<string, string | undefined> {
  const id = '69cd13f0-d67a-11e5-baa3-778b53f4ae55';
  const time = new Date(NOW_MS).toISOString().replace('.000', '');
  const message = Buffer.from(`${id}|${time}|${signedWebhookId}|${crc32(signedBody)}`);
  return {
    'paypal-transmission-id': id, 'paypal-transmission-time': time, 'paypal-cert-url': CERT_URL, 'paypal-auth-algo': 'SHA256withRSA',
    'paypal-transmission-sig': sign(algorithm, message, signedBy.privateKey).toString('base64'), ...headers,
  };
}

async function verdict(transmission: Transmission, fetched: string[] = [], kept: string[] = []): Promise<'genuine' | SignatureFailure> {
  const { body = BODY, pem = PEM, settings = {}, receivedAtMs = NOW_MS } = transmission;
  const fetchPem = (url: URL): Promise<string> => {
    fetched.push(url.href);
    return Promise.resolve(pem);
  };
  try {
    await provider.verifier({ webhookId: WEBHOOK_ID, ...settings }, { fetchPem, keepPem: (url) => kept.push(url.href) })(webhookRequest({ body, headers: signed(transmission), receivedAtMs }), []);
    return 'genuine';
  } catch (error) {
    if (error instanceof SignatureError) return error.reason;
    throw error;
  }
}

const problems = (settings: unknown): readonly string[] => provider.settings.safeParse(settings).error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ?? [];

describe('paypal', () => {
  it('accepts what its certificate signs, live and in the sandbox', async () => {
    expect(await verdict({})).toBe('genuine');
    const sandbox = 'messageverificationcerts.sandbox.paypal.com';
    expect(await verdict({ pem: certificate({ commonName: sandbox, hostnames: [sandbox] }) + intermediate.pem, headers: { 'paypal-cert-url': 'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1' } })).toBe('genuine');
  });

  it('accepts a certificate whose host is in its common name', async () => {
    expect(await verdict({ pem: certificate({ hostnames: [] }) + intermediate.pem })).toBe('genuine');
  });

  it('accepts resends for three days', async () => {
    expect(await verdict({ receivedAtMs: NOW_MS + 3 * DAY_MS })).toBe('genuine');
    expect(await verdict({ receivedAtMs: NOW_MS + 4 * DAY_MS })).toBe('expired');
    expect(await verdict({ receivedAtMs: NOW_MS - 4 * DAY_MS })).toBe('expired');
  });

  it.each(['paypal-transmission-id', 'paypal-transmission-time', 'paypal-transmission-sig', 'paypal-cert-url', 'paypal-auth-algo'])('refuses a request without %s', async (name) => {
    expect(await verdict({ headers: { [name]: undefined } })).toBe('missing');
  });

  it.each([
    ['another body', 'mismatch', { signedBody: Buffer.from('{}') }],
    ['another webhook', 'mismatch', { signedWebhookId: '2AE4291016473214D' }],
    ['another transmission', 'mismatch', { headers: { 'paypal-transmission-id': '69cd13f0-d67a-11e5-baa3-778b53f4ae56' } }],
    ['another time', 'mismatch', { headers: { 'paypal-transmission-time': '2026-11-29T12:00:01Z' } }],
    ['a time that is none', 'malformed', { headers: { 'paypal-transmission-time': String(NOW_MS) } }],
    ['another key', 'mismatch', { signedBy: generateKeyPairSync('rsa', { modulusLength: 2_048 }) }],
    ['another hash', 'mismatch', { algorithm: 'sha1' }],
    ['another algorithm', 'malformed', { headers: { 'paypal-auth-algo': 'SHA1withRSA' } }],
    ['a signature in hex', 'mismatch', { headers: { 'paypal-transmission-sig': 'ab'.repeat(256) } }],
    ['a signature in base64url', 'malformed', { headers: { 'paypal-transmission-sig': `-_${'A'.repeat(340)}==` } }],
    ['a certificate that has expired', 'mismatch', { pem: certificate({ validUntilMs: NOW_MS - DAY_MS }) + intermediate.pem }],
    ['a certificate that is not valid yet', 'mismatch', { pem: certificate({ validFromMs: NOW_MS + DAY_MS }) + intermediate.pem }],
    ['a certificate whose issuer has expired', 'mismatch', { pem: certificate() + issueCertificate({ commonName: 'Intermediate', isAuthority: true, issuer: root, keys: intermediate.keys, validFromMs: NOW_MS - 9 * DAY_MS, validUntilMs: NOW_MS - DAY_MS }).pem }],
    ['a certificate for www.paypal.com', 'mismatch', { pem: certificate({ commonName: 'www.paypal.com', hostnames: ['www.paypal.com', '*.paypal.com'] }) + intermediate.pem }],
    ['a text that is no certificate', 'mismatch', { pem: '<html>' }],
  ])('refuses %s: %s', async (_, reason, transmission: Transmission) => {
    expect(await verdict(transmission)).toBe(reason);
  });

  it('refuses a key that is too short, and one of another kind', async () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    expect(await verdict({ signedBy: short, pem: certificate({ keys: short }) + intermediate.pem })).toBe('mismatch');
    const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await verdict({ signedBy: elliptic, pem: certificate({ keys: elliptic }) + intermediate.pem })).toBe('mismatch');
  });

  it('says which certificate is missing between PayPal\'s and a root', async () => {
    await expect(verdict({ pem: certificate() })).rejects.toMatchObject({ name: 'UnverifiableError', message: expect.stringMatching(/the issuer is CN=Intermediate: add .* settings.certificates/) });
    await expect(verdict({ pem: certificate({ issuer: undefined, keys: intermediate.keys }) })).rejects.toMatchObject({ name: 'UnverifiableError' });
    expect(await verdict({ pem: certificate(), settings: { certificates: intermediate.pem } })).toBe('genuine');
  });

  it('keeps a certificate that can be trusted, whoever has signed the request, and no other text', async () => {
    const kept: string[] = [];
    expect(await verdict({ pem: '<html>' }, [], kept)).toBe('mismatch');
    expect(await verdict({ pem: certificate({ hostnames: ['www.paypal.com'] }) + intermediate.pem }, [], kept)).toBe('mismatch');
    expect(kept).toEqual([]);
    await verdict({}, [], kept);
    expect(kept).toEqual([CERT_URL]);
  });

  it('does not trust a root that came with the certificate', async () => {
    const other = issueCertificate({ ...year, commonName: 'Other root', isAuthority: true });
    await expect(verdict({ pem: certificate({ issuer: other }) + other.pem })).rejects.toMatchObject({ name: 'UnverifiableError' });
  });

  it('fetches nothing where certificates are configured, and trusts no others', async () => {
    const other = issueCertificate({ ...year, commonName: 'Own root', isAuthority: true });
    const fetched: string[] = [];
    expect(await verdict({ pem: '', settings: { certificates: PEM } }, fetched)).toBe('genuine');
    expect(await verdict({ pem: '', settings: { certificates: PEM }, headers: { 'paypal-cert-url': undefined } }, fetched)).toBe('genuine');
    expect(await verdict({ pem: '', settings: { certificates: certificate({ issuer: other }) + other.pem } }, fetched)).toBe('genuine');
    expect(await verdict({ settings: { certificates: certificate({ keys: generateKeyPairSync('rsa', { modulusLength: 2_048 }) }) + intermediate.pem } }, fetched)).toBe('mismatch');
    expect(fetched).toEqual([]);
  });

  it('accepts any of several configured certificates, while it is valid', async () => {
    const next = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const certificates = certificate({ validUntilMs: NOW_MS + DAY_MS }) + certificate({ keys: next }) + intermediate.pem;
    expect(await verdict({ settings: { certificates } })).toBe('genuine');
    expect(await verdict({ settings: { certificates }, signedBy: next })).toBe('genuine');
    expect(await verdict({ settings: { certificates }, receivedAtMs: NOW_MS + 2 * DAY_MS })).toBe('mismatch');
    expect(await verdict({ settings: { certificates }, receivedAtMs: NOW_MS + 2 * DAY_MS, signedBy: next })).toBe('genuine');
  });

  it.each([
    'http://api.paypal.com/v1/notifications/certs/CERT-1', 'https://paypal.com/v1/notifications/certs/CERT-1', 'https://api.paypal.com/cert', 'https://api.paypal.com/v1/notifications/certs/', 'https://api.paypal.com/v1/notifications/certs/a/b', 'https://api.paypal.com/v1/notifications/certs/../CERT-1', 'https://api.paypal.com.evil.com/v1/notifications/certs/CERT-1', 'https://evilpaypal.com/v1/notifications/certs/CERT-1', 'https://evil.com/.paypal.com', 'https://evil.com#.paypal.com', 'https://evil.com?.paypal.com',
    'https://api.paypal.com@evil.com/v1/notifications/certs/CERT-1', 'https://user@api.paypal.com/v1/notifications/certs/CERT-1', 'https://:pass@api.paypal.com/v1/notifications/certs/CERT-1', 'https://api.paypal.com:8443/v1/notifications/certs/CERT-1', 'https://api.paypal.com/v1/notifications/certs/CERT-1?x=1', 'https://api.paypal.com/v1/notifications/certs/CERT-1#x', 'https://127.0.0.1/v1/notifications/certs/CERT-1',
    'https://evil.com\\.paypal.com/v1/notifications/certs/CERT-1', 'https://api.paypal.com./v1/notifications/certs/CERT-1', 'file:///etc/passwd', 'ftp://api.paypal.com/v1/notifications/certs/CERT-1', 'api.paypal.com/v1/notifications/certs/CERT-1', '//api.paypal.com/v1/notifications/certs/CERT-1', 'https://[::1]/.paypal.com',
  ])('asks for no certificate at %s', async (url) => {
    const fetched: string[] = [];
    expect([await verdict({ headers: { 'paypal-cert-url': url } }, fetched), fetched]).toEqual(['malformed', []]);
  });

  it('asks for no certificate when the request is old or its signature malformed', async () => {
    const fetched: string[] = [];
    await verdict({ receivedAtMs: NOW_MS + 4 * DAY_MS }, fetched);
    await verdict({ headers: { 'paypal-transmission-sig': '%' } }, fetched);
    expect(fetched).toEqual([]);
  });

  it('refuses a request with a change in any part that is signed', async () => {
    const headers = signed({});
    const names = ['paypal-transmission-id', 'paypal-transmission-time', 'paypal-transmission-sig'];
    const verify = provider.verifier({ webhookId: WEBHOOK_ID }, { fetchPem: () => Promise.resolve(PEM), keepPem: () => undefined });
    await fc.assert(fc.asyncProperty(fc.constantFrom('body', ...names), fc.nat(), fc.integer({ min: 1, max: 127 }), async (part, position, mask) => {
      const changed = Buffer.from(part === 'body' ? BODY : (headers[part] ?? ''));
      const at = position % changed.length;
      changed[at] = (changed[at] ?? 0) ^ mask;
      const request = part === 'body' ? { body: changed, headers } : { body: BODY, headers: { ...headers, [part]: changed.toString('latin1') } };
      await expect(verify(webhookRequest({ ...request, receivedAtMs: NOW_MS }), [])).rejects.toThrow(SignatureError);
    }));
  });

  it.each([
    ['capture-completed.json', 'WH-58D329510W468432D-8HN650336L201105X', 'PAYMENT.CAPTURE.COMPLETED', '42311647XV020574X'],
    ['dispute-created.json', 'WH-4M0448861G563140B-9EX36365822141321', 'CUSTOMER.DISPUTE.CREATED', 'PP-000-042-663-135'],
    ['payouts-batch-success.json', 'WH-9W85492646128305A-2PC85213MR0143204', 'PAYMENT.PAYOUTSBATCH.SUCCESS', 'CQMWKDQF5GFLL'],
  ])('reads %s', async (name, id, type, entity) => {
    const body = example('paypal', name);
    expect(await verdict({ body })).toBe('genuine');
    expect(fieldsOf(paypal, {}, body)).toEqual({ id, type, entity });
  });

  it('checks its settings', () => {
    expect(problems({ webhookId: WEBHOOK_ID })).toEqual([]);
    expect(problems({ webhookId: WEBHOOK_ID, certificates: PEM })).toEqual([]);
    expect(problems({ webhookId: WEBHOOK_ID, certificates: intermediate.pem })).toEqual([]);
    expect(problems({})).toEqual([expect.stringMatching(/^webhookId/)]);
    expect(problems({ webhookId: 'a|b' })).toEqual([expect.stringMatching(/^webhookId must be the id of the webhook/)]);
    expect(problems({ webhookId: WEBHOOK_ID, certificates: certificate() })).toEqual([expect.stringMatching(/^certificates has no chain .* the issuer is CN=Intermediate$/)]);
    expect(problems({ webhookId: WEBHOOK_ID, certificates: createPublicKey(keys.privateKey).export({ format: 'pem', type: 'spki' }) })).toEqual(['certificates has no certificate in PEM']);
    expect(problems({ webhookId: WEBHOOK_ID, secret: 'x' })).toHaveLength(1);
  });
});
