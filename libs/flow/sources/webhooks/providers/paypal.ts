import { verify } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { CertificateError, certificatesOf, NoChainError, Roots, type Signer, TrustedAuthorities } from '../certificates.js';
import { decodedSignature, mustBeFresh, mustHave } from '../signatures.js';
import { type ProviderContext, RECEIVED, SignatureError, UnverifiableError, type WebhookProvider, webhookProvider } from '../webhook-provider.js';

/** Of the certificates that sign, live and in the sandbox, as PayPal's own libraries check them. */
const SIGNER_NAMES = ['messageverificationcerts.paypal.com', 'messageverificationcerts.sandbox.paypal.com'];
const HOST = /\.paypal\.com$/;
const PATH = /^\/v1\/notifications\/certs\/[\w-]+$/;
const ALGORITHM = /^SHA256withRSA$/i;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const MIN_KEY_BITS = 2_048;
const LONGEST_PEM = 65_536;
/** Certificates in memory. PayPal uses a few at a time. */
const MOST_KNOWN = 16;
/** PayPal resends for three days, and does not say whether with a new time. */
const RESEND_PERIOD_MS = 73 * 3_600_000;

/** https://developer.paypal.com/api/rest/webhooks/rest/ */
export const paypal = paypalTrusting(new Roots());

/**
 * The provider, for certificates that these roots have issued. Signed are id and time of the transmission, the webhook's id and
 * a checksum of the body.
 */
export function paypalTrusting(roots: Roots): WebhookProvider {
  return webhookProvider({
    name: 'paypal',
    settings: z.strictObject({
      webhookId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the id of the webhook, as PayPal shows it for the app').meta({ description: 'The id of the webhook, as PayPal shows it', example: '1JE4291016473214C' }),
      certificates: z.string().max(LONGEST_PEM).superRefine((pem, context) => {
        try {
          configuredSigners(pem, roots);
        } catch (error) {
          if (!(error instanceof CertificateError)) throw error;
          context.addIssue({ code: 'custom', message: error.message });
        }
      }).optional().meta({ description: 'In PEM: the signing certificates with their issuers, or the issuers only. Without: those that PayPal has at the URL of each request' }),
    }),
    secrets: 'none',
    fields: {
      id: 'json:/id',
      type: 'json:/event_type',
      entity: 'json:/resource/id|json:/resource/dispute_id|json:/resource/payout_item_id|json:/resource/batch_header/payout_batch_id|json:/resource/invoice/id|json:/resource/merchant_id|json:/id',
    },
    comparesBodies: false,
    keptHeaders: ['paypal-transmission-id', 'paypal-transmission-time', 'paypal-transmission-sig', 'paypal-cert-url', 'paypal-auth-algo'],
    reply: RECEIVED,
    verifier: ({ webhookId, certificates }, context) => {
      const configured = certificates === undefined ? undefined : configuredSigners(certificates, roots);
      const fetched = new FetchedSigners(new TrustedAuthorities(roots, certificates === undefined ? [] : certificatesOf(certificates)), context);
      return async ({ headers, body, receivedAtMs }) => {
        const id = mustHave(headers, 'paypal-transmission-id');
        const time = mustHave(headers, 'paypal-transmission-time');
        const signature = decodedSignature(mustHave(headers, 'paypal-transmission-sig'), 'base64');
        if (signature === undefined || !ALGORITHM.test(mustHave(headers, 'paypal-auth-algo')) || !TIME.test(time)) throw new SignatureError('malformed');
        // Before the signature, so that old requests cannot make this process fetch certificates.
        mustBeFresh(Date.parse(time), receivedAtMs, RESEND_PERIOD_MS);
        const signers = configured ?? await fetched.at(certificateUrlOf(mustHave(headers, 'paypal-cert-url')));
        const message = Buffer.from(`${id}|${time}|${webhookId}|${crc32(body)}`);
        const isSigned = signers.some((signer) => mayStillSign(signer, receivedAtMs) && verify('sha256', message, signer.key, signature));
        if (!isSigned) throw new SignatureError('mismatch');
      };
    },
  });
}

/**
 * Those that were configured. Undefined: only their issuers were, so certificates are fetched.
 * @throws CertificateError
 */
function configuredSigners(pem: string, roots: Roots): readonly Signer[] | undefined {
  const certificates = certificatesOf(pem);
  if (certificates.every(({ ca }) => ca)) return undefined;
  return new TrustedAuthorities(roots, certificates).signersAmong(certificates, SIGNER_NAMES);
}

/** A certificate stays the same at its URL, so what it was found to be is kept, if it can be trusted. */
class FetchedSigners {
  /** By URL. The one that was used longest ago is first. */
  private readonly known = new Map<string, { readonly pem: string; readonly signers: readonly Signer[] }>();

  constructor(
    private readonly authorities: TrustedAuthorities,
    private readonly context: ProviderContext,
  ) {}

  /** @throws SignatureError; UnverifiableError if its issuer is not known; LockstepError if it cannot be fetched now */
  async at(url: URL): Promise<readonly Signer[]> {
    const pem = await this.context.fetchPem(url);
    const known = this.known.get(url.href);
    const signers = known?.pem === pem ? known.signers : this.signersIn(pem);
    this.context.keepPem(url, pem);
    this.known.delete(url.href);
    this.known.set(url.href, { pem, signers });
    const [oldest] = this.known.keys();
    if (this.known.size > MOST_KNOWN && oldest !== undefined) this.known.delete(oldest);
    return signers;
  }

  private signersIn(pem: string): readonly Signer[] {
    try {
      return this.authorities.signersAmong(certificatesOf(pem), SIGNER_NAMES);
    } catch (error) {
      // Only a change of the settings helps, and PayPal resends until then.
      if (error instanceof NoChainError) throw new UnverifiableError(`PayPal's certificate ${error.message}: add the certificates of its issuers to settings.certificates of the source`, { cause: error });
      if (error instanceof CertificateError) throw new SignatureError('mismatch');
      throw error;
    }
  }
}

/** Anybody can name a URL in a request: only PayPal's hosts are asked, and only where they have such certificates. */
function certificateUrlOf(text: string): URL {
  const url = URL.parse(text);
  const isPayPals = url !== null && url.protocol === 'https:' && HOST.test(url.hostname) && url.port === '';
  if (!isPayPals || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '' || !PATH.test(url.pathname)) throw new SignatureError('malformed');
  return url;
}

function mayStillSign({ key, validFromMs, validUntilMs }: Signer, nowMs: number): boolean {
  return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_KEY_BITS && nowMs >= validFromMs && nowMs <= validUntilMs;
}
