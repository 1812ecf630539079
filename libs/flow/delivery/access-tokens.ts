import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { elapsedMs, type Moment, now } from '#domain/clock';
import type { AccessToken, TokenResult } from './access-token.js';
import type { OAuth2Auth } from './endpoint-auth.js';
import { EndpointDirectory } from './endpoint-directory.js';
import { TokenClient } from './token-client.js';

/** Who has no token asks for one once in this time, however many lanes wait for it. */
const FAILURE_MS = 1_000;
/** A receiver that answers each token with 401 makes one dropped in this time. */
const DROP_MS = 10_000;

/** Where attempts get their tokens from. */
export interface TokenSource {
  /** @param timeoutMs of asking for one, if it must be asked for. Never rejects */
  get(endpoint: number, auth: OAuth2Auth, timeoutMs: number): TokenResult | Promise<TokenResult>;
  /** The receiver has answered 401. */
  refused(endpoint: number, token: AccessToken): void;
}

/**
 * The access tokens of endpoints, in memory. Each endpoint has one, which its lanes share, and one request for the next one at a
 * time. It is asked for while the one before is valid, so that no attempt waits for it.
 */
@Injectable()
export class AccessTokens implements TokenSource {
  private readonly endpoints = new Map<number, EndpointToken>();

  constructor(
    @Inject(TokenClient) private readonly client: Pick<TokenClient, 'fetch'>,
    @Inject(EndpointDirectory) directory: Pick<EndpointDirectory, 'onChange'>,
  ) {
    directory.onChange(({ id, deleted, oauth2 }) => {
      if (deleted || oauth2 === undefined) this.endpoints.delete(id);
    });
  }

  get(endpoint: number, auth: OAuth2Auth, timeoutMs: number): TokenResult | Promise<TokenResult> {
    let known = this.endpoints.get(endpoint);
    if (known === undefined || !isDeepStrictEqual(known.auth, auth)) {
      known = new EndpointToken(auth, this.client);
      this.endpoints.set(endpoint, known);
    }
    return known.get(timeoutMs);
  }

  refused(endpoint: number, token: AccessToken): void {
    this.endpoints.get(endpoint)?.refused(token);
  }
}

class EndpointToken {
  private token: AccessToken | undefined;
  private fetching: Promise<TokenResult> | undefined;
  private failed: { readonly at: Moment; readonly result: TokenResult } | undefined;
  private droppedAt: Moment | undefined;

  constructor(
    readonly auth: OAuth2Auth,
    private readonly client: Pick<TokenClient, 'fetch'>,
  ) {}

  get(timeoutMs: number): TokenResult | Promise<TokenResult> {
    const { token, failed } = this;
    const hasJustFailed = failed !== undefined && elapsedMs(failed.at) < FAILURE_MS;
    if (token?.isUsable === true) {
      if (token.isOld && !hasJustFailed) void this.fetch(timeoutMs);
      return { token };
    }
    return hasJustFailed ? failed.result : this.fetch(timeoutMs);
  }

  refused(token: AccessToken): void {
    if (this.token !== token || (this.droppedAt !== undefined && elapsedMs(this.droppedAt) < DROP_MS)) return;
    this.token = undefined;
    this.droppedAt = now();
  }

  private fetch(timeoutMs: number): Promise<TokenResult> {
    return (this.fetching ??= this.renew(timeoutMs));
  }

  private async renew(timeoutMs: number): Promise<TokenResult> {
    const result = await this.client.fetch(this.auth, timeoutMs);
    this.fetching = undefined;
    if ('token' in result) this.token = result.token;
    this.failed = 'token' in result ? undefined : { at: now(), result };
    return result;
  }
}
