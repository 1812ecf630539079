/** A request with an idempotency key. One of all requests with a key is carried out. */
export interface KeyedRequest {
  readonly tenant: string;
  /** Method and template of the route, for metrics. */
  readonly operation: string;
  /** Of `scopeOf`. */
  readonly scope: string;
  readonly key: string;
  /** Of `fingerprintOf`: 32 bytes. */
  readonly fingerprint: Buffer;
  /** How long a claim holds without renewal. After that, the outcome of the request is unknown. */
  readonly leaseMs: number;
  /** How long the key is remembered after the request has ended. */
  readonly retentionMs: number;
  /** `safe`: when the lease has expired, the next request with the key is carried out again. */
  readonly takeover: 'never' | 'safe';
}

/** The right to carry a request out. Its outcome is stored only while its fence is the highest of the key. */
export interface Claim {
  readonly scope: string;
  readonly key: string;
  readonly fence: number;
  readonly leaseMs: number;
  readonly retentionMs: number;
}

export interface StoredResponse {
  readonly status: number;
  /** Names and values, alternating. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** What happens with a request that has a key. */
export type ClaimOutcome =
  /** Carry it out, then settle the claim. */
  | { readonly kind: 'claimed'; readonly claim: Claim; readonly takeover: boolean }
  /** It was carried out `ageMs` ago: answer with this response. */
  | { readonly kind: 'replay'; readonly response: StoredResponse; readonly ageMs: number }
  /** Another request with the key is in progress. */
  | { readonly kind: 'in_flight'; readonly retryAfterSeconds: number }
  /** The key was used with another request. */
  | { readonly kind: 'mismatch' }
  /** It was started, and its outcome is unknown. */
  | { readonly kind: 'indeterminate' }
  /** It was carried out, and its response was too large to keep. */
  | { readonly kind: 'response_not_kept'; readonly status: number }
  /** It was carried out, but Postgres is away, and its response with it. */
  | { readonly kind: 'response_away' };

/** How a claimed request ended. */
export type Settlement =
  /** `body` undefined: too large to keep. */
  | { readonly state: 'completed'; readonly status: number; readonly headers: readonly string[]; readonly body: Buffer | undefined }
  /** It was not carried out: the same request may be tried again. */
  | { readonly state: 'failed' }
  /** Its outcome is unknown. */
  | { readonly state: 'indeterminate' };

/** `superseded`: a later claim holds the key, so nothing was stored. */
export type Verdict = 'stored' | 'superseded';
