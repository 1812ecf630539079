import type { AttemptResult } from '#domain/disposition';
import type { TokenSource } from './access-tokens.js';
import { bearer, type OAuth2Auth } from './endpoint-auth.js';
import type { Attempt } from './exchange.js';

export interface AuthorizedEndpoint {
  readonly id: number;
  readonly oauth2: OAuth2Auth;
  /** Of asking for the token and of the exchange together. */
  readonly timeoutMs: number;
}

/** Sends the request with this value of `authorization`; undefined if it may no longer be sent. */
type Send = (authorization: string, timeoutMs: number) => Attempt | undefined;

/**
 * An attempt that needs an access token first. Without one nothing is sent, and the attempt has failed. A 401 drops the token,
 * so that the next attempt has another one.
 */
export class AuthorizedAttempt implements Attempt {
  readonly result: Promise<AttemptResult | undefined>;
  private readonly startedAtMs = Date.now();
  private readonly startedMonotonicMs = performance.now();
  private attempt: Attempt | undefined;
  private isAborted = false;
  private endWaiting: () => void = () => undefined;

  constructor(
    private readonly tokens: TokenSource,
    private readonly endpoint: AuthorizedEndpoint,
    private readonly send: Send,
  ) {
    this.result = this.run();
  }

  abort(): void {
    this.isAborted = true;
    this.attempt?.abort();
    this.endWaiting();
  }

  private async run(): Promise<AttemptResult | undefined> {
    const { id, oauth2, timeoutMs } = this.endpoint;
    const aborted = new Promise<undefined>((resolve) => {
      this.endWaiting = () => resolve(undefined);
    });
    const found = await Promise.race([this.tokens.get(id, oauth2, timeoutMs), aborted]);
    if (found === undefined || this.isAborted) return undefined;
    if (!('token' in found)) return this.failure(found.error);
    const remainingMs = timeoutMs - Math.round(performance.now() - this.startedMonotonicMs);
    if (remainingMs <= 0) return this.failure(`oauth2: no token within ${timeoutMs} ms`);
    this.attempt = this.send(bearer(found.token.value), remainingMs);
    const result = await this.attempt?.result;
    if (result?.statusCode === 401) this.tokens.refused(id, found.token);
    return result;
  }

  private failure(error: string): AttemptResult {
    const durationMs = performance.now() - this.startedMonotonicMs;
    return { startedAtMs: this.startedAtMs, durationMs, statusCode: undefined, error, responseBody: Buffer.alloc(0), retryAfterMs: undefined };
  }
}
