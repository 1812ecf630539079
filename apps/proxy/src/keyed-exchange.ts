import type { FastifyReply } from 'fastify';
import type { ProxyRoute } from './proxy-config.js';
import type { Claim, Settlement, Verdict } from '#idempotency/claim';
import { supersededProblem } from '#idempotency/claim-problem';
import { type HeaderFields, keptHeaders, passedHeaders, settledState } from '#idempotency/response-policy';
import { ClientResponse } from './client-response.js';
import type { HeldBytes } from './held-bytes.js';
import type { ResponseSink, Upstream, UpstreamFailure, UpstreamRequest } from './upstream.js';
import { upstreamProblem } from './upstream-problem.js';

/** Larger responses are passed on and not kept. */
const MOST_KEPT_BYTES = 1_048_576;
/** Up to this a response is sent at once, when it is stored: one write, and nobody has half of what was superseded. */
const WHOLE_BYTES = 65_536;

export interface KeyedExchange {
  readonly claim: Claim;
  readonly route: ProxyRoute;
  readonly request: UpstreamRequest;
  readonly reply: FastifyReply;
  /** Stores how it ended, however long that takes. */
  readonly settle: (claim: Claim, settlement: Settlement) => Promise<Verdict>;
  /** Its result, or `late` when the client has waited long enough for it. */
  readonly inTime: (stored: Promise<Verdict>) => Promise<Verdict | 'late'>;
  readonly held: HeldBytes;
}

/**
 * Forwards a claimed request. The response is passed on as it comes, but for its end, which waits until the response is
 * stored: whoever has the whole answer gets the same one again. It is stored whatever the client does meanwhile.
 * @throws LockstepError while nothing was answered: upstream_unavailable, upstream_timeout, upstream_interrupted, or
 * request_in_progress when another claim holds by now
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
  /** Undefined: the response doesn't say. */
  private length: number | undefined;
  /** Nothing is sent before the end. */
  private whole = false;
  private bytes = 0;
  private heldBytes = 0;
  private kept: Buffer[] = [];
  /** The end of what is passed on as it comes. */
  private last: Buffer | undefined;
  private ended = false;
  /** Set before the end when the response is too large to keep. */
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
    this.whole = this.length === undefined || this.length <= WHOLE_BYTES;
    if (!this.whole) this.stream();
    // Most that don't say their length are short, and have come to their end with their head.
    else if (this.length === undefined) setImmediate(() => this.stream());
  }

  onData(chunk: Buffer): boolean {
    this.bytes += chunk.length;
    if (this.settled === undefined) {
      this.kept.push(chunk);
      this.hold(chunk.length);
    }
    let room = true;
    if (!this.whole) {
      if (this.bytes === this.length) this.last = chunk;
      else room = this.client.write(chunk);
    } else if (this.bytes > WHOLE_BYTES) this.stream();
    if (this.settled === undefined && this.bytes > MOST_KEPT_BYTES) this.outgrow();
    // A slow client holds up nothing that is kept.
    return room || this.settled === undefined;
  }

  onEnd(): void {
    this.ended = true;
    this.settled ??= this.settle(this.completed(Buffer.concat(this.kept)));
    this.keyed.inTime(this.settled).then((verdict) => this.finish(verdict), this.reject);
  }

  onFailure(failure: UpstreamFailure): void {
    this.ended = true;
    if (this.settled !== undefined) {
      // Too large to keep, and stored as such: that it was carried out is known.
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

  /** From now on everything is passed on as it comes. */
  private stream(): void {
    if (this.client.started || this.ended) return;
    this.whole = false;
    this.client.head(this.status, this.headers);
    for (const chunk of this.kept) this.client.write(chunk);
  }

  private outgrow(): void {
    this.kept = [];
    this.settled = this.settle(this.completed(undefined));
  }

  private finish(verdict: Verdict | 'late'): void {
    if (verdict === 'superseded') {
      if (!this.client.started) return this.reject(supersededProblem());
      this.client.cut();
    } else if (this.whole) {
      this.client.head(this.status, this.length === undefined ? [...this.headers, 'content-length', String(this.bytes)] : this.headers);
      this.client.end(this.bytes === 0 ? undefined : Buffer.concat(this.kept));
    } else this.client.end(this.last);
    this.resolve();
  }

  private completed(body: Buffer | undefined): Settlement {
    if (settledState(this.status, this.keyed.route.mode) === 'failed') return { state: 'failed' };
    return { state: 'completed', status: this.status, headers: keptHeaders(this.headers, Date.now()), body };
  }

  private settle(settlement: Settlement): Promise<Verdict> {
    const settled = this.keyed.settle(this.keyed.claim, settlement);
    const letGo = (): void => this.letGo();
    settled.then(letGo, letGo);
    return settled;
  }

  /** What is kept counts until it is stored and the client has it, or has left. */
  private hold(bytes: number): void {
    this.heldBytes += bytes;
    this.keyed.held.addAnswer(bytes);
  }

  private letGo(): void {
    void this.client.closed.then(() => {
      this.keyed.held.removeAnswer(this.heldBytes);
      this.heldBytes = 0;
    });
  }
}
