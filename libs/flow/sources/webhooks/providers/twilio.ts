import { createHash } from 'node:crypto';
import { parse, stringify } from 'node:querystring';
import { isForm } from '../form-body.js';
import { publicUrlOf } from '../public-url.js';
import { decodedSignature, hmacOf, isSame, mustHave } from '../signatures.js';
import { NO_SETTINGS, SignatureError, webhookProvider, type WebhookRequest } from '../webhook-provider.js';

const SHA1_BYTES = 20;
const SHA256_BYTES = 32;
/** Twilio sends some 50. They are sorted before a request is known to be genuine. */
const MOST_FIELDS = 1_000;
const AMPERSAND = 0x26;
const ORIGIN = /^(https?):\/\/([^/?#]*?)(:\d+)?(?=[/?#]|$)/i;

/**
 * https://www.twilio.com/docs/usage/webhooks/webhooks-security
 * Signed are the URL and the form's fields; for other bodies the URL alone, which then has their hash. There is no time.
 */
export const twilio = webhookProvider({
  name: 'twilio',
  settings: NO_SETTINGS,
  secrets: 'required',
  secretProblem: (secret) => (/^(?:AC|SK)[0-9a-f]{32}$/i.test(secret) ? 'must be the auth token of the account, and not a SID' : undefined),
  fields: {
    // A call can have the same status in several requests. The token is the same for resends, as the signature is.
    id: '{form:MessageSid|form:SmsSid|form:CallSid|source:name}/{form:MessageStatus|form:SmsStatus|form:CallStatus|json:/0/id|event}/{header:i-twilio-idempotency-token|header:x-twilio-signature}',
    type: 'message.{form:MessageStatus}|message.{form:SmsStatus}|recording.{form:RecordingStatus}|call.{form:CallStatus}|form:EventType|form:StatusCallbackEvent|json:/0/type|event',
    entity: 'form:MessageSid|form:SmsSid|form:CallSid|form:ConversationSid|form:ConferenceSid|form:RoomSid|form:TaskSid|json:/0/subject|source:name',
  },
  comparesBodies: false,
  resendsAfter4xx: false,
  signsUrl: () => true,
  keptHeaders: ['i-twilio-idempotency-token', 'x-twilio-signature', 'x-twilio-webhooks-signature-settings'],
  // To a call or a message, it is TwiML that does nothing.
  reply: { status: 200, contentType: 'text/xml; charset=utf-8', body: '<Response></Response>' },
  verifier: () => (request, secrets) => {
    const { headers, target, body } = request;
    const given = decodedSignature(mustHave(headers, 'x-twilio-signature'), 'base64');
    if (given?.length !== SHA1_BYTES && given?.length !== SHA256_BYTES) throw new SignatureError('malformed');
    const url = publicUrlOf(request);
    const hash = bodyHashOf(target);
    const fields = Buffer.from(hash === undefined ? signedFieldsOf(request) : '');
    // By its length: signatures with a shared key can have SHA-256, and say so in a header that is not signed.
    const algorithm = given.length === SHA256_BYTES ? 'sha256' : 'sha1';
    // Every secret is tried, whichever matches. Further URLs hardly ever are.
    const isSignedFor = (url: string): boolean => secrets.map((secret) => isSame(given, hmacOf(algorithm, secret, [url, fields]))).includes(true);
    if (!withAndWithoutPort(url).some(isSignedFor) && !escapedFormsOf(url).some(isSignedFor)) throw new SignatureError('mismatch');
    if (hash !== undefined && hash !== createHash('sha256').update(body).digest('hex')) throw new SignatureError('mismatch');
  },
});

/** In the query, of a body that is no form. */
function bodyHashOf(target: string): string | undefined {
  if (!target.includes('bodySHA256=')) return undefined;
  return new URLSearchParams(target.slice(target.indexOf('?') + 1)).get('bodySHA256') ?? undefined;
}

/**
 * Names and values of the form as they are signed: sorted, each pair once.
 * @throws SignatureError malformed: the body is no form, so that nothing protects it, or has too many fields
 */
function signedFieldsOf({ headers, body }: WebhookRequest): string {
  if (body.length === 0) return '';
  if (!isForm(headers, body) || hasMoreFields(body, MOST_FIELDS)) throw new SignatureError('malformed');
  const fields = [...new URLSearchParams(body.toString())].sort(byNameAndValue);
  let text = '';
  let [nameBefore, valueBefore]: readonly (string | undefined)[] = [];
  for (const [name, value] of fields) {
    if (name !== nameBefore || value !== valueBefore) text += name + value;
    [nameBefore, valueBefore] = [name, value];
  }
  return text;
}

/** Counted in the bytes, because parsing is what costs. */
function hasMoreFields(body: Buffer, most: number): boolean {
  let fields = 1;
  for (let at = body.indexOf(AMPERSAND); at !== -1 && fields <= most; at = body.indexOf(AMPERSAND, at + 1)) fields += 1;
  return fields > most;
}

function byNameAndValue([name, value]: readonly [string, string], [otherName, otherValue]: readonly [string, string]): number {
  return compare(name, otherName) || compare(value, otherValue);
}

/** By UTF-16 units, as Twilio's library sorts. */
function compare(text: string, other: string): number {
  if (text === other) return 0;
  return text < other ? -1 : 1;
}

/** Twilio's systems differ in what they sign: https://github.com/twilio/twilio-node/blob/main/src/webhooks/webhooks.ts */
function withAndWithoutPort(url: string): readonly string[] {
  const match = ORIGIN.exec(url);
  if (match === null) return [url];
  const [origin, scheme = '', host = '', port = scheme.toLowerCase() === 'https' ? ':443' : ':80'] = match;
  const rest = url.slice(origin.length);
  return [`${scheme}://${host}${rest}`, `${scheme}://${host}${port}${rest}`];
}

/** With characters escaped that may be in a URL as they are. */
function escapedFormsOf(url: string): readonly string[] {
  const escaped = URL.parse(url)?.href ?? url;
  const end = escaped.indexOf('?') + 1;
  const forms = end === 0 || end === escaped.length ? [escaped] : [escaped, escaped.slice(0, end) + stringify(parse(escaped.slice(end)))];
  return [...new Set(forms)].filter((form) => form !== url).flatMap(withAndWithoutPort);
}
