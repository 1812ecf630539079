import { Injectable } from '@nestjs/common';
import {
  allowInsecureRequests, type AuthorizationServer, type Client, type ClientAuth, clientCredentialsGrantRequest, ClientSecretBasic, ClientSecretPost, customFetch,
  processClientCredentialsResponse, ResponseBodyError,
} from 'oauth4webapi';
import { now } from '#domain/clock';
import { ConnectionPool } from '#ground/http-client/connection-pool';
import { SocketBudget } from '#ground/http-client/socket-budget';
import { AddressPolicy } from '#ground/network/address-policy';
import { AccessToken, type TokenResult } from './access-token.js';
import type { OAuth2Auth } from './endpoint-auth.js';
import { failureText } from './failure-text.js';

/** Servers answer with less than 10 KiB. */
const MAX_BODY_BYTES = 65_536;
/** Of one that does not say how long its token is valid. */
const UNKNOWN_LIFETIME_MS = 600_000;
/** RFC 6750, 2.1, and what others send all the same. */
const TOKEN = /^[\x21-\x7e]+$/;
/** RFC 6749, 5.2. Registered codes have 38 characters at most. */
const ERROR_CODE = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,64}$/;

/** An answer that the library can't be given. */
class TokenAnswerError extends Error {
  override readonly name = 'TokenAnswerError';
}

/**
 * Asks for access tokens. Its requests obey the rules of deliveries for addresses, each on a connection of its own. Redirects
 * are not followed. It logs nothing.
 */
@Injectable()
export class TokenClient {
  constructor(
    private readonly addresses: AddressPolicy,
    private readonly sockets: SocketBudget,
  ) {}

  /** @param timeoutMs of the whole exchange. Never rejects */
  async fetch(auth: OAuth2Auth, timeoutMs: number): Promise<TokenResult> {
    const signal = AbortSignal.timeout(timeoutMs);
    const askedAt = now();
    const server: AuthorizationServer = { issuer: auth.tokenUrl, token_endpoint: auth.tokenUrl };
    const client: Client = { client_id: auth.clientId };
    try {
      const answer = await clientCredentialsGrantRequest(server, client, clientAuthOf(auth), parametersOf(auth), {
        signal,
        // The address policy decides about http://.
        [allowInsecureRequests]: true,
        [customFetch]: (url, { method, headers, body }) => this.exchange(new URL(url), { method, headers, body: Buffer.from(String(body)) }, signal),
      });
      const { access_token: value, token_type: type, expires_in: seconds } = await processClientCredentialsResponse(server, client, answer);
      if (type !== 'bearer') return { error: `oauth2: the token has the type ${type}, and not bearer` };
      if (!TOKEN.test(value)) return { error: 'oauth2: the token has characters that a header cannot have' };
      return { token: new AccessToken(value, askedAt, seconds === undefined ? UNKNOWN_LIFETIME_MS : seconds * 1_000) };
    } catch (error) {
      return { error: `oauth2: ${signal.aborted ? `no token within ${timeoutMs} ms` : reasonOf(error)}`.replaceAll('\0', '').slice(0, 500) };
    }
  }

  /** One POST. Rejects with what is wrong, or the reason of `signal`. */
  private async exchange(url: URL, { method, headers, body }: { method: string; headers: Record<string, string>; body: Buffer }, signal: AbortSignal): Promise<Response> {
    const refusal = await beforeAbort(signal, this.addresses.checkUrl(url));
    if (refusal !== undefined) throw new TokenAnswerError(refusal);
    const pool = new ConnectionPool({
      origin: new URL(url.origin), maxConnections: 1, lookup: this.addresses.lookupFor(url.protocol), maxBodyBytes: MAX_BODY_BYTES, endsEarly: false, isShared: false,
    }, this.sockets);
    const chunks: Buffer[] = [];
    let status = 0;
    let contentType = '';
    try {
      await beforeAbort(signal, new Promise<void>((resolve, reject) => {
        const request = { method, target: url.pathname + url.search, headers: Object.entries(headers).flat(), body, mayRepeat: () => false };
        pool.send(request, {
          onHead: (head) => {
            status = head.statusCode;
            contentType = head.values('content-type').join();
          },
          onData: (data) => chunks.push(Buffer.from(data)) > 0,
          onEnd: resolve,
          onFailure: reject,
        });
      }));
    } finally {
      // Also ends what is under way.
      pool.destroy();
    }
    // Only a 200 has a token. `Response` takes a body with no status below 200, nor with some of those up to 304.
    if (status !== 200 && (status < 400 || status > 599)) throw new TokenAnswerError(`the token URL answered ${status}`);
    return new Response(Buffer.concat(chunks), { status, headers: { 'content-type': contentType } });
  }
}

/** Rejects with the reason of the signal when it is aborted first. */
function beforeAbort<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return Promise.race([work, new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))]);
}

function clientAuthOf({ clientAuth, clientSecret }: OAuth2Auth): ClientAuth {
  return clientAuth === 'body' ? ClientSecretPost(clientSecret) : ClientSecretBasic(clientSecret);
}

function parametersOf({ scope, audience }: OAuth2Auth): URLSearchParams {
  return new URLSearchParams({ ...(scope === undefined ? {} : { scope }), ...(audience === undefined ? {} : { audience }) });
}

/** Of the answer only its status and error code: servers repeat credentials in the description. */
function reasonOf(error: unknown): string {
  if (error instanceof ResponseBodyError) return `the token URL answered ${error.status}${ERROR_CODE.test(error.error) ? ` ${error.error}` : ''}`;
  // Of the library, when the answer is no token: it has the response as its cause.
  const { cause } = error as Error;
  return cause instanceof Response && cause.status !== 200 ? `the token URL answered ${cause.status}` : failureText(error as Error);
}
