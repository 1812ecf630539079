import type { IncomingHttpHeaders } from 'node:http';
import { z, type ZodType } from 'zod';
import type { WebhookProviderName } from '#domain/source-provider';

/** A request to a source, as it came. */
export interface WebhookRequest {
  readonly headers: IncomingHttpHeaders;
  /** Path and query as they were requested. */
  readonly target: string;
  /** The address that the provider knows: LOCKSTEP_PUBLIC_URL and `target`. Undefined without that setting. */
  readonly publicUrl: string | undefined;
  readonly remoteAddress: string;
  readonly body: Buffer;
  /** In milliseconds since 1970. */
  readonly receivedAtMs: number;
}

/** Why a request was refused. For metrics only: no answer tells it. */
export const SIGNATURE_FAILURES = ['missing', 'malformed', 'mismatch', 'expired'] as const;
export type SignatureFailure = (typeof SIGNATURE_FAILURES)[number];

/** The request does not come from the provider. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';

  constructor(readonly reason: SignatureFailure) {
    super(`The signature is refused: ${reason}`);
  }
}

/**
 * Whether the request comes from the provider cannot be told until somebody changes something: `message` says what. It is for
 * those who manage the source; senders learn only that they are to send again.
 */
export class UnverifiableError extends Error {
  override readonly name = 'UnverifiableError';
}

/** What a provider gets as an answer. */
export interface WebhookReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** The answer of providers whose senders look at its status only. */
export const RECEIVED: WebhookReply = { status: 200, contentType: 'application/json; charset=utf-8', body: '{"received":true}' };

/** Where an event's fields come from, as texts of `FieldTemplate`. */
export interface EventFields {
  /** The event's id, by which resends are known. Undefined: each request is an event of its own. */
  readonly id: string | undefined;
  /** Whether a request in which `id` has no value is an event of its own. Otherwise it is refused (400). */
  readonly isIdOptional?: boolean;
  /** Characters that an event type cannot have become `_`; each `/` becomes a dot. */
  readonly type: string;
  readonly entity: string;
}

/** What verification needs besides the request. */
export interface ProviderContext {
  /** Gets a certificate from one of the provider's own hosts. @throws SignatureError if there is none; LockstepError, a 5xx, if it cannot be had now */
  readonly fetchPem: (url: URL) => Promise<string>;
  /** Keeps a text that was fetched and found to be a certificate that can be trusted. Call it at each use. */
  readonly keepPem: (url: URL, pem: string) => void;
}

/**
 * Checks a request against all live secrets, in time that does not tell how far they match.
 * @throws SignatureError; UnverifiableError; LockstepError if it cannot be checked now
 */
export type VerifyWebhook = (request: WebhookRequest, secrets: readonly string[]) => void | Promise<void>;

/** What is special about a provider. One for each, in a file of its own. */
export interface WebhookProvider<Settings = unknown> {
  readonly name: WebhookProviderName;
  /** A strict object with the provider's own settings, each with a default. */
  readonly settings: ZodType<Settings>;
  readonly secrets: 'required' | 'none';
  /** Why a text cannot be a secret, after the words "a secret", or undefined if it can. */
  readonly secretProblem?: (secret: string, settings: Settings) => string | undefined;
  /** Defaults; each may be set for a source. */
  readonly fields: EventFields;
  /** Whether an id that comes again with another body is an error (422). Otherwise the id alone decides. */
  readonly comparesBodies: boolean;
  /** False: what was answered with a 4xx does not come again, so that what may pass later must be a 5xx. */
  readonly resendsAfter4xx?: boolean;
  /** Whether the signature covers the address that was requested, so that LOCKSTEP_PUBLIC_URL is needed. */
  readonly signsUrl?: (settings: Settings) => boolean;
  /** The field of form bodies that has a JSON text, in which `json:` looks. */
  readonly jsonField?: string;
  /** Headers that are delivered with the event, in lower case. */
  readonly keptHeaders: readonly string[];
  /** Made once for a source's settings. */
  readonly verifier: (settings: Settings, context: ProviderContext) => VerifyWebhook;
  /** The answer to an accepted event and to a duplicate. `event`: 202 with the event, as `POST /v1/events` answers. */
  readonly reply: WebhookReply | 'event';
  /** The answer to a verified request that brings no event, such as the check of an address. */
  readonly answer?: (request: WebhookRequest) => WebhookReply | undefined;
}

/** Of providers without settings of their own. */
export const NO_SETTINGS = z.strictObject({});

/** What senders of no particular kind have in common. Whatever they send is an event. */
export const GENERIC = {
  fields: { id: 'header:idempotency-key', isIdOptional: true, type: 'json:/type|webhook', entity: 'json:/entity|json:/data/id|source:name' },
  comparesBodies: true,
  keptHeaders: [],
  reply: 'event',
} as const satisfies Partial<WebhookProvider>;

/** A provider that gets its settings as they were stored, and checks them. */
export function webhookProvider<Settings>({ verifier, secretProblem, signsUrl, ...provider }: WebhookProvider<Settings>): WebhookProvider {
  return {
    ...provider,
    verifier: (settings, context) => verifier(provider.settings.parse(settings), context),
    ...(signsUrl !== undefined && { signsUrl: (settings) => signsUrl(provider.settings.parse(settings)) }),
    ...(secretProblem !== undefined && { secretProblem: (secret, settings) => secretProblem(secret, provider.settings.parse(settings)) }),
  };
}
