import { z } from 'zod';
import { isForm } from '../form-body.js';
import { decodedSignature, hmacOf, mustBeFresh, mustHave, mustMatch, secondsToMs, USUAL_TOLERANCE_MS } from '../signatures.js';
import { NO_SETTINGS, SignatureError, type WebhookReply, webhookProvider } from '../webhook-provider.js';

const PREFIX = 'v0=';
/** To a slash command or an interaction, any text would be shown to the user, and any JSON be carried out. */
const NOTHING: WebhookReply = { status: 200, contentType: 'text/plain; charset=utf-8', body: '' };

const challengeSchema = z.object({ type: z.literal('url_verification'), challenge: z.string() });

/**
 * Events, slash commands and interactions (https://docs.slack.dev/authentication/verifying-requests-from-slack).
 * A resend has a new time and signature.
 */
export const slack = webhookProvider({
  name: 'slack',
  settings: NO_SETTINGS,
  secrets: 'required',
  secretProblem: (secret) => (/^xox[a-z]+-|^xapp-/.test(secret) ? 'must be the signing secret of the app, and not a token' : undefined),
  fields: {
    // Commands and interactions have no id, and are not sent again. Their signatures differ by time and content.
    id: 'json:/event_id|header:x-slack-signature',
    // Interactions have a type outside of `event`, and commands none.
    type: '{json:/event/type}.{json:/event/subtype}|json:/event/type|json:/type|slash_command',
    entity: '{json:/team_id|json:/team/id|form:team_id|json:/enterprise_id|json:/enterprise/id|form:enterprise_id|source:name}'
      + '/{json:/event/channel|json:/event/channel/id|json:/event/channel_id|json:/event/item/channel|json:/channel/id|form:channel_id|team}',
  },
  comparesBodies: false,
  jsonField: 'payload',
  keptHeaders: ['x-slack-retry-num', 'x-slack-retry-reason', 'x-slack-request-timestamp', 'x-slack-signature'],
  reply: NOTHING,
  verifier: () => ({ headers, body, receivedAtMs }, secrets) => {
    const header = mustHave(headers, 'x-slack-signature');
    const timestamp = mustHave(headers, 'x-slack-request-timestamp');
    const signedAtMs = secondsToMs(timestamp);
    if (!header.startsWith(PREFIX)) throw new SignatureError('malformed');
    mustMatch([decodedSignature(header.slice(PREFIX.length), 'hex')], secrets, (secret) => hmacOf('sha256', secret, ['v0:', timestamp, ':', body]));
    mustBeFresh(signedAtMs, receivedAtMs, USUAL_TOLERANCE_MS);
  },
  answer: ({ headers, body }) => {
    if (isForm(headers, body)) return isCertificateCheck(body) ? NOTHING : undefined;
    const challenge = challengeOf(body);
    return challenge === undefined ? undefined : { ...NOTHING, body: challenge };
  },
});

/** Of the check of a new URL: https://docs.slack.dev/reference/events/url_verification. Other bodies are hardly ever parsed for it. */
function challengeOf(body: Buffer): string | undefined {
  if (!body.includes('"url_verification"')) return undefined;
  return challengeSchema.safeParse(parsed(body)).data?.challenge;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    // An event that cannot be read. Whoever reads its fields says so.
    return undefined;
  }
}

/** Sent to a slash command's URL now and then: https://docs.slack.dev/interactivity/implementing-slash-commands */
function isCertificateCheck(body: Buffer): boolean {
  return body.includes('ssl_check=1') && new URLSearchParams(body.toString()).get('ssl_check') === '1';
}
