import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { LockstepError } from '#domain/problem';
import type { AddressPolicy } from '#ground/network/address-policy';
import { SignatureError } from './webhook-provider.js';

/** Of one exchange, from resolving the name to the last byte. Providers give up on us after some 10 s. */
const TIMEOUT_MS = 5_000;
/** A chain of certificates takes less than 10 KiB. */
const MAX_BYTES = 65_536;
/** Texts in memory: 6 MiB at most, and 1 MiB. */
const MOST_KEPT = 100;
const MOST_RECENT = 16;
const MOST_FAILURES = 1_000;
/** How long a failure counts, and a text that was not kept. Anybody can ask for URLs that do not exist, or have something else. */
const TTL_MS = 10_000;
const MOST_AT_ONCE = 16;
/** Of one host, so that a host that does not answer does not keep others from being asked. */
const MOST_OF_HOST = 4;

interface Failure {
  readonly error: unknown;
  readonly untilMs: number;
}

export interface CertificateFetcherOptions {
  readonly timeoutMs?: number;
  /** Authorities that TLS trusts besides Node's; for tests. */
  readonly ca?: string;
  /** A monotonic clock. */
  readonly nowMs?: () => number;
}

/** Its message says nothing that a sender has chosen. */
class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
}

/**
 * Gets certificates by HTTPS. Whoever asks has checked the host; the address must be one that deliveries may go to. A text that
 * was found to be right is kept, until 100 others were used later: what is at such a URL does not change. Texts that were not
 * found to be right take no place from those. Redirects are not followed.
 */
export class CertificateFetcher {
  /** By URL. The one that was used longest ago is first. */
  private readonly kept = new Map<string, string>();
  /** What was fetched lately, right or not. */
  private readonly recent = new Map<string, { readonly pem: string; readonly untilMs: number }>();
  private readonly failures = new Map<string, Failure>();
  private readonly underWay = new Map<string, Promise<string>>();
  private readonly nowMs: () => number;

  constructor(
    private readonly addresses: Pick<AddressPolicy, 'checkUrl' | 'lookupFor'>,
    private readonly options: CertificateFetcherOptions = {},
  ) {
    this.nowMs = options.nowMs ?? (() => performance.now());
  }

  /**
   * The text at the URL.
   * @throws SignatureError: there is none, so the request is not from the provider; LockstepError upstream_unavailable: it cannot
   * be had now; overloaded: too many others are being fetched
   */
  async fetchPem(url: URL): Promise<string> {
    const { href } = url;
    const kept = this.kept.get(href);
    if (kept !== undefined) return kept;
    const recent = this.recent.get(href);
    if (recent !== undefined && this.nowMs() < recent.untilMs) return recent.pem;
    const failure = this.failures.get(href);
    if (failure !== undefined && this.nowMs() < failure.untilMs) throw failure.error;
    const underWay = this.underWay.get(href);
    if (underWay !== undefined) return underWay;
    const ofHost = [...this.underWay.keys()].filter((each) => URL.parse(each)?.host === url.host).length;
    if (ofHost >= MOST_OF_HOST || this.underWay.size >= MOST_AT_ONCE) throw new LockstepError('overloaded', 'Too many certificates are being fetched; send the request again', { retryAfterSeconds: 1 });
    const fetching = this.get(url).finally(() => this.underWay.delete(href));
    this.underWay.set(href, fetching);
    return fetching;
  }

  /** Keeps a text that `fetchPem` has returned, or marks it as used. */
  keepPem({ href }: URL, pem: string): void {
    put(this.kept, href, pem, MOST_KEPT);
    this.recent.delete(href);
  }

  private async get(url: URL): Promise<string> {
    const { href } = url;
    try {
      const pem = await this.exchange(url);
      put(this.recent, href, { pem, untilMs: this.nowMs() + TTL_MS }, MOST_RECENT);
      this.failures.delete(href);
      return pem;
    } catch (error) {
      put(this.failures, href, { error, untilMs: this.nowMs() + TTL_MS }, MOST_FAILURES);
      throw error;
    }
  }

  private async exchange(url: URL): Promise<string> {
    try {
      const refusal = await this.addresses.checkUrl(url);
      if (refusal !== undefined) throw new ExchangeError(refusal);
      const signal = AbortSignal.timeout(this.options.timeoutMs ?? TIMEOUT_MS);
      const response = await this.respond(url, signal);
      return await textOf(response);
    } catch (error) {
      if (error instanceof SignatureError) throw error;
      // Neither URL nor message: whoever sent the request chose the URL, and its signature is not verified yet.
      throw new LockstepError('upstream_unavailable', `The certificate that the request names cannot be fetched now (${reasonOf(error)}). Send the request again`, { cause: error, retryAfterSeconds: 10 });
    }
  }

  private respond(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
    const { ca } = this.options;
    return new Promise((resolve, reject) => {
      request(url, { agent: false, signal, lookup: this.addresses.lookupFor('https:'), ...(ca !== undefined && { ca }) }, resolve).on('error', reject).end();
    });
  }
}

/** In words of ours, or as the code or class of another error. */
function reasonOf(error: unknown): string {
  if (error instanceof ExchangeError) return error.message;
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

async function textOf(response: IncomingMessage): Promise<string> {
  const { statusCode = 0 } = response;
  if (statusCode !== 200) {
    response.destroy();
    if (statusCode >= 500 || statusCode === 408 || statusCode === 429) throw new ExchangeError(`status ${statusCode}`);
    throw new SignatureError('malformed');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > MAX_BYTES) throw new SignatureError('malformed');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function put<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
