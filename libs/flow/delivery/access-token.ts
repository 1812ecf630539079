import { elapsedMs, type Moment } from '#domain/clock';

/** A token must outlast the way to the receiver: the last tenth of its life is not used, 10 s at most. */
const UNUSED_PART = 0.1;
const MAX_UNUSED_MS = 10_000;
/** A new one is asked for in the last fifth, 5 min at most. */
const RENEWED_PART = 0.2;
const MAX_RENEWED_MS = 300_000;

export class AccessToken {
  constructor(
    readonly value: string,
    /** Before it was asked for. */
    private readonly askedAt: Moment,
    private readonly lifetimeMs: number,
  ) {}

  get isUsable(): boolean {
    return elapsedMs(this.askedAt) < this.lifetimeMs - Math.min(this.lifetimeMs * UNUSED_PART, MAX_UNUSED_MS);
  }

  /** Whether it is time to ask for the next one. */
  get isOld(): boolean {
    return elapsedMs(this.askedAt) >= this.lifetimeMs - Math.min(this.lifetimeMs * RENEWED_PART, MAX_RENEWED_MS);
  }
}

/** A token, or why there is none: a text for the error of an attempt, which begins with `oauth2: `. Of what the server says it has only the status and the error code. */
export type TokenResult = { readonly token: AccessToken } | { readonly error: string };
