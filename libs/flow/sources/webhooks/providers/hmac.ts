import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { parseDurationMs } from '#domain/duration';
import { durationsUpTo } from '#domain/duration-pattern';
import { parseTimestamp } from '#flow/ingest/timestamp';
import { publicUrlOf } from '../public-url.js';
import { decodedSignature, hmacOf, MOST_ITEMS, mustBeFresh, mustHave, mustMatch, secondsToMs, USUAL_TOLERANCE_MS, type SignatureEncoding } from '../signatures.js';
import { GENERIC, SignatureError, webhookProvider, type WebhookRequest } from '../webhook-provider.js';

/** RFC 9110, 5.6.2. */
const NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}";
const HEADER = new RegExp(`^${NAME}$`);
const TIMESTAMP = new RegExp(`^(header|signature):(${NAME})$`);
const PLACEHOLDER = new RegExp(`\\{(body|timestamp|url|header:${NAME})\\}`);
const MILLISECONDS = /^\d{1,15}$/;
const LONGEST_TOLERANCE_MS = 86_400_000;

const hmacSettings = z
  .strictObject({
    algorithm: z.enum(['sha1', 'sha256', 'sha512']).default('sha256'),
    encoding: z.enum(['hex', 'base64']).default('hex'),
    header: z.string().regex(HEADER, 'must be the name of the header with the signature').default('x-webhook-signature').meta({ description: 'Which header has the signature' }),
    prefix: z.string().max(64).default('').meta({ description: 'In front of the signature, such as `sha256=`' }),
    signedContent: z.string().max(1_024).default('{body}').meta({ description: 'What is signed: `{body}`, `{timestamp}`, `{header:NAME}` and `{url}`, with constants between them' }),
    timestamp: z.string().regex(TIMESTAMP, 'must be header:NAME, or signature:NAME for NAME=… in the header with the signature').optional()
      .meta({ description: 'Where the signed time is: `header:NAME`, or `signature:t` for a signature header such as `t=1700000000,v1=…`' }),
    timestampFormat: z.enum(['seconds', 'milliseconds', 'rfc3339']).default('seconds'),
    tolerance: z.string().regex(durationsUpTo(LONGEST_TOLERANCE_MS), 'must be a duration such as 5m, of at most 1d').default('5m').meta({ description: 'How far the signed time may be from ours' }),
    // Adyen's are in hex, Airtable's in base64, most are as they are.
    secretEncoding: z.enum(['text', 'hex', 'base64']).default('text').meta({ description: 'How the bytes of a secret are written' }),
  })
  .superRefine((given, context) => {
    const message = signedContentProblem(given);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['signedContent'], message });
  });
type HmacSettings = z.output<typeof hmacSettings>;

/** Any sender that signs with an HMAC. */
export const hmac = webhookProvider({
  ...GENERIC,
  name: 'hmac',
  settings: hmacSettings,
  secrets: 'required',
  signsUrl: ({ signedContent }) => signedContent.includes('{url}'),
  secretProblem: (secret, { secretEncoding }) => (keyOf(secret, secretEncoding) === undefined ? `must be in ${secretEncoding}, as settings.secretEncoding says` : undefined),
  verifier: (settings) => {
    const header = settings.header.toLowerCase();
    const timestampIn = settings.timestamp === undefined ? undefined : timestampReader(settings.timestamp);
    const signedParts = settings.signedContent.split(PLACEHOLDER).map((text, index) => (index % 2 === 0 ? () => text : partReader(text)));
    const toleranceMs = parseDurationMs(settings.tolerance) ?? USUAL_TOLERANCE_MS;
    return (request, secrets) => {
      const value = mustHave(request.headers, header);
      const items = value.split(/[,;]/, MOST_ITEMS).map((item) => item.trim());
      const timestamp = timestampIn?.(request.headers, items);
      // As a whole, too: a prefix may have a comma.
      const given = [value, ...items].filter((item) => item.startsWith(settings.prefix)).map((item) => signatureOf(item.slice(settings.prefix.length), settings.encoding));
      const signed = signedParts.map((part) => part(request, timestamp ?? ''));
      mustMatch(given, secrets, (secret) => {
        const key = keyOf(secret, settings.secretEncoding);
        return key === undefined ? undefined : hmacOf(settings.algorithm, key, signed);
      });
      if (timestamp !== undefined) mustBeFresh(momentOf(timestamp, settings.timestampFormat), request.receivedAtMs, toleranceMs);
    };
  },
});

function signedContentProblem({ signedContent, timestamp }: Pick<HmacSettings, 'signedContent' | 'timestamp'>): string | undefined {
  const parts = signedContent.split(PLACEHOLDER);
  if (parts.some((text, index) => index % 2 === 0 && /[{}]/.test(text))) return 'has a brace that belongs to none of {body}, {timestamp}, {url} and {header:NAME}';
  const placeholders = parts.filter((_, index) => index % 2 === 1);
  if (!placeholders.includes('body')) return 'must have {body}: anybody could change a body that is not signed';
  if (placeholders.includes('timestamp') === (timestamp !== undefined)) return undefined;
  return timestamp === undefined ? 'has {timestamp}, but settings.timestamp does not say where it is' : 'must have {timestamp}: a time that is not signed proves nothing';
}

function timestampReader(selector: string): (headers: IncomingHttpHeaders, items: readonly string[]) => string {
  const [, kind, name = ''] = TIMESTAMP.exec(selector) ?? [];
  if (kind === 'header') return (headers) => mustHave(headers, name.toLowerCase());
  return (_, items) => {
    const item = items.find((each) => each.startsWith(`${name}=`));
    if (item === undefined) throw new SignatureError('missing');
    return item.slice(name.length + 1);
  };
}

function partReader(placeholder: string): (request: WebhookRequest, timestamp: string) => Buffer {
  if (placeholder === 'body') return ({ body }) => body;
  if (placeholder === 'timestamp') return (_, timestamp) => headerBytes(timestamp);
  if (placeholder === 'url') return (request) => Buffer.from(publicUrlOf(request));
  const name = placeholder.slice('header:'.length).toLowerCase();
  return ({ headers }) => headerBytes(mustHave(headers, name));
}

/** The bytes that were sent: Node reads each as a character. */
function headerBytes(value: string): Buffer {
  return Buffer.from(value, 'latin1');
}

function signatureOf(text: string, encoding: SignatureEncoding): Buffer | undefined {
  return decodedSignature(encoding === 'hex' ? text.toLowerCase() : text, encoding);
}

/** Undefined for a text that is not in the encoding. */
function keyOf(secret: string, encoding: HmacSettings['secretEncoding']): string | Buffer | undefined {
  return encoding === 'text' ? secret : signatureOf(secret, encoding);
}

/**
 * Milliseconds since 1970.
 * @throws SignatureError malformed
 */
function momentOf(text: string, format: HmacSettings['timestampFormat']): number {
  switch (format) {
    case 'seconds':
      return secondsToMs(text);
    case 'milliseconds':
      return MILLISECONDS.test(text) ? Number(text) : NaN;
    case 'rfc3339':
      return parseTimestamp(text)?.getTime() ?? NaN;
  }
}
