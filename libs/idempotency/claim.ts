/** A request with a key that wants to be the one which is carried out. */
export interface KeyedRequest {
  readonly tenant: string;
  /** Of `scopeOf`. */
  readonly scope: string;
  readonly key: string;
  /** Of `fingerprintOf`: 32 bytes. */
  readonly fingerprint: Buffer;
  /** How long it may stay silent: then nobody knows whether it is still being carried out. */
  readonly leaseMs: number;
  /** How long the key is remembered, from its end on. */
  readonly retentionMs: number;
  /** `safe`: once its lease has run out another one carries it out (again). */
  readonly takeover: 'never' | 'safe';
}

/** The right to carry a request out, and to say what came of it as long as its fence is the highest of its key. */
export interface Claim {
  readonly scope: string;
  readonly key: string;
  readonly fence: number;
  readonly leaseMs: number;
  readonly retentionMs: number;
}

export interface StoredResponse {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** What is to be done with a request that carries a key. */
export type ClaimOutcome =
  /** Carry it out, then settle the claim. */
  | { readonly kind: 'claimed'; readonly claim: Claim; readonly takeover: boolean }
  /** It was carried out: answer with this, and nothing else. `ageMs`: how long ago. */
  | { readonly kind: 'replay'; readonly response: StoredResponse; readonly ageMs: number }
  /** Another one is carrying it out. */
  | { readonly kind: 'in_flight'; readonly retryAfterSeconds: number }
  /** The key was used with another request. */
  | { readonly kind: 'mismatch' }
  /** It was begun, and nobody knows whether it was done. */
  | { readonly kind: 'indeterminate' }
  /** It was carried out, and its response was too large to keep. */
  | { readonly kind: 'response_not_kept'; readonly status: number }
  /** It was carried out, and its response can not be read now. */
  | { readonly kind: 'response_away' };

/** How a claimed request ended. */
export type Settlement =
  /** `body` undefined: too large to keep. */
  | { readonly state: 'completed'; readonly status: number; readonly headers: readonly string[]; readonly body: Buffer | undefined }
  /** It was not done: the same request may be carried out anew. */
  | { readonly state: 'failed' }
  /** Nobody knows whether it was done. */
  | { readonly state: 'indeterminate' };

/** `superseded`: a later claim of the key holds now; nothing was stored. */
export type Verdict = 'stored' | 'superseded';
