import { API_SOURCE } from '#domain/source-provider';

/** Where an event comes from, and what its idempotency key means there. Shared by all events of a source. */
export interface EventOrigin {
  /** The source's name; `api` for posts. */
  readonly source: string;
  /** What stands before a key when it is claimed: keys of posts are unique per tenant (''), others per source (`src_…/`). */
  readonly keyScope: string;
  /** Whether a key that comes again with another body is an error. Otherwise the key alone decides what is a duplicate. */
  readonly comparesBodies: boolean;
}

/** Of events that are posted to the API. */
export const POSTED: EventOrigin = { source: API_SOURCE, keyScope: '', comparesBodies: true };
