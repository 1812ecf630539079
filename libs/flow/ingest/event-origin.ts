import { API_SOURCE, type WebhookProviderName } from '#domain/source-provider';

/** Where an event comes from, and what its idempotency key means there. Shared by all events of a source. */
export interface EventOrigin {
  /** The source's name; `api` for posts. */
  readonly source: string;
  /** What the source is, for metrics: names of sources are not bounded. */
  readonly provider: typeof API_SOURCE | WebhookProviderName;
  /** What stands before a key when it is claimed: keys of posts are unique per tenant (''), others per source (`keyScopeOf`). */
  readonly keyScope: string;
  /** Whether a key that comes again with another body is an error. Otherwise the key alone decides what is a duplicate. */
  readonly comparesBodies: boolean;
}

/** No key of a post has it, so nobody can claim a source's ids by posting. */
const SEPARATOR = '\x1f';

/** How long the ids of a source are remembered at least, in milliseconds: Stripe, GitHub and PayPal resend for three days. */
export const MIN_SOURCE_RETENTION_MS = 604_800_000;

/** The scope of a source's keys. @param source `src_…` */
export function keyScopeOf(source: string): string {
  return source + SEPARATOR;
}

/** Of events that are posted to the API. */
export const POSTED: EventOrigin = { source: API_SOURCE, provider: API_SOURCE, keyScope: '', comparesBodies: true };
