import type { FastifyReply } from 'fastify';
import type { ProxyRoute } from './proxy-config.js';
import type { Claim, Settlement, Verdict } from '#idempotency/claim';
import { supersededProblem } from '#idempotency/claim-problem';
import { JoinedBytes } from '#ground/http-client/joined-bytes';
import { type HeaderFields, keptHeaders, passedHeaders, settledState } from '#idempotency/response-policy';
import { ClientResponse } from './client-response.js';
import type { HeldBytes } from './held-bytes.js';
import type { Upstream, UpstreamRequest } from './upstream.js';
import type { ResponseSink, UpstreamFailure } from './upstream-exchange.js';
import { upstreamProblem } from './upstream-problem.js';

/** Larger responses are passed on, but not stored. */
const MAX_KEPT_BYTES = 1_048_576;
/** Up to this size a response is buffered and sent once it is stored: one write, and no half of a superseded response. */
const BUFFERED_BYTES = 65_536;

export interface KeyedExchange {
  readonly claim: Claim;
  readonly route: ProxyRoute;
  readonly request: UpstreamRequest;
  readonly reply: FastifyReply;
  /** Stores the outcome, however long that takes. */
  readonly settle: (claim: Claim, settlement: Settlement) => Promise<Verdict>;
  /** The result of `settle`, or `late` when the client has waited long enough. */
  readonly inTime: (stored: Promise<Verdict>) => Promise<Verdict | 'late'>;
  readonly held: HeldBytes;
}

/**
 * Forwards a claimed request. The response is streamed to the client, except its end, which waits until the response is
 * stored: a client that has the whole response gets the same one again. It is stored even if the client leaves.
 * @throws LockstepError while no byte was sent: upstream_unavailable, upstream_timeout, upstream_interrupted, or
 * request_in_progress when a later claim holds the key
 */
export function forwardKeyed(upstream: Upstream, keyed: KeyedExchange): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = new ClientResponse(keyed.reply, { onDrain: () => exchange.resume() });
    const exchange = upstream.send(keyed.request, new KeptResponse(keyed, client, resolve, reject));
  });
}

class KeptResponse implements ResponseSink {
  private status = 0;
  private headers: string[] = [];
  /** Undefined: the response does not declare its length. */
  private length: number | undefined;
  /** Nothing is sent before the response is stored. */
  private buffered = false;
  private bytes = 0;
  private heldBytes = 0;
  private kept = new JoinedBytes(MAX_KEPT_BYTES);
  /** The last chunk of a streamed response. */
  private last: Buffer | undefined;
  private ended = false;
  /** Set before the end when the response is too large to store. */
  private settled: Promise<Verdict> | undefined;

  constructor(
    private readonly keyed: KeyedExchange,
    private readonly client: ClientResponse,
    private readonly resolve: () => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  onHead(status: number, headers: HeaderFields): void {
    this.status = status;
    this.headers = passedHeaders(headers);
    const bodyless = this.keyed.request.method === 'HEAD' || status === 204 || status === 304;
    const announced = headers['content-length'];
    this.length = bodyless ? 0 : announced === undefined ? undefined : Number(announced);
    this.buffered = this.length === undefined || this.length <= BUFFERED_BYTES;
    if (!this.buffered) this.stream();
    // Most responses without a declared length are short, and have arrived together with their head.
    else if (this.length === undefined) setImmediate(() => this.stream());
  }

  onData(chunk: Buffer): boolean {
    this.bytes += chunk.length;
    if (this.settled === undefined) {
      this.kept.add(chunk);
      this.hold(chunk.length);
    }
    let hasRoom = true;
    if (!this.buffered) {
      if (this.bytes === this.length) this.last = chunk;
      else hasRoom = this.client.write(chunk);
    } else if (this.bytes > BUFFERED_BYTES) this.stream();
    if (this.settled === undefined && this.bytes > MAX_KEPT_BYTES) this.stopKeeping();
    // A slow client does not delay a response that is to be stored.
    return hasRoom || this.settled === undefined;
  }

  onEnd(): void {
    this.ended = true;
    this.settled ??= this.settle(this.completed(this.kept.bytes));
    this.keyed.inTime(this.settled).then((verdict) => this.finish(verdict), this.reject);
  }

  onFailure(failure: UpstreamFailure): void {
    this.ended = true;
    if (this.settled !== undefined) {
      // The response was too large, and is stored as such: the request was carried out.
      this.client.cut();
      this.resolve();
      return;
    }
    const settled = this.settle({ state: failure.kind === 'not_sent' ? 'failed' : 'indeterminate' });
    this.keyed.inTime(settled).then(() => {
      if (!this.client.started) return this.reject(upstreamProblem(failure));
      this.client.cut();
      this.resolve();
    }, this.reject);
  }

  /** Streams the response from now on. */
  private stream(): void {
    if (this.client.started || this.ended) return;
    this.buffered = false;
    this.client.head(this.status, this.headers);
    const { bytes } = this.kept;
    if (bytes.length > 0) this.client.write(bytes);
  }

  private stopKeeping(): void {
    this.kept = new JoinedBytes(0);
    this.settled = this.settle(this.completed(undefined));
  }

  private finish(verdict: Verdict | 'late'): void {
    if (verdict === 'superseded') {
      if (!this.client.started) return this.reject(supersededProblem());
      this.client.cut();
    } else if (this.buffered) {
      this.client.head(this.status, this.length === undefined ? [...this.headers, 'content-length', String(this.bytes)] : this.headers);
      this.client.end(this.bytes === 0 ? undefined : this.kept.bytes);
    } else this.client.end(this.last);
    this.resolve();
  }

  private completed(body: Buffer | undefined): Settlement {
    if (settledState(this.status, this.keyed.route.mode) === 'failed') return { state: 'failed' };
    return { state: 'completed', status: this.status, headers: keptHeaders(this.headers, Date.now()), body };
  }

  private settle(settlement: Settlement): Promise<Verdict> {
    const settled = this.keyed.settle(this.keyed.claim, settlement);
    const release = (): void => this.release();
    settled.then(release, release);
    return settled;
  }

  /** Kept bytes count until they are stored, and the client has them or has left. */
  private hold(bytes: number): void {
    this.heldBytes += bytes;
    this.keyed.held.addAnswer(bytes);
  }

  private release(): void {
    void this.client.closed.then(() => {
      this.keyed.held.removeAnswer(this.heldBytes);
      this.heldBytes = 0;
    });
  }
}
