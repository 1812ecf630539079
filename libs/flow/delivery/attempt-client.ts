import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { type Dispatcher, Pool } from 'undici';
import { type AttemptResult, parseRetryAfterMs } from '#domain/disposition';
import { AddressPolicy } from '#ground/network/address-policy';
import { EndpointDirectory, type EndpointTarget } from './endpoint-directory.js';

/** Response bytes that are kept. */
const KEPT_BODY_BYTES = 16_384;
/** Response bytes that are read before the connection is closed instead: draining more costs more than a new one. */
const DRAINED_BODY_BYTES = 1_048_576;
/** How often attempts are checked for their timeout: one timer for all of them. */
const TIMEOUT_CHECK_MS = 100;

export interface AttemptRequest {
  readonly url: URL;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: Buffer;
  /** Of the whole exchange, from connecting to the response's last byte. */
  readonly timeoutMs: number;
}

/** An attempt under way. */
export interface Attempt {
  /** Undefined when it was cut off. Never rejects. */
  readonly result: Promise<AttemptResult | undefined>;
  abort(): void;
}

/** The connections to one endpoint. */
interface Connections {
  readonly origin: string;
  readonly most: number;
  /** Why none may be made. */
  readonly refusal: string | undefined;
  pool: Pool | undefined;
}

/**
 * Sends attempts: one keep-alive pool an endpoint, no redirects followed, the timeout over the whole exchange, the
 * response's body kept up to 16 KiB. A body of any size never turns a 2xx into a failure.
 *
 * A pool closes, once nothing of it is in flight, when its endpoint is deleted or moves to another origin.
 */
@Injectable()
export class AttemptClient {
  /** What the directory says now; an endpoint that is deleted has none. */
  private readonly current = new Map<number, Connections>();
  private readonly open = new Set<Pool>();
  private readonly underWay = new Set<Exchange>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly addresses: AddressPolicy,
    directory: EndpointDirectory,
  ) {
    directory.onChange((target) => this.endpointChanged(target));
  }

  start(): void {
    this.timer = setInterval(() => this.checkTimeouts(), TIMEOUT_CHECK_MS).unref();
  }

  /** Closes all connections. Attempts that are still in flight fail. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.current.clear();
    await Promise.all([...this.open].map((pool) => pool.destroy()));
  }

  send(endpoint: number, request: AttemptRequest): Attempt {
    const exchange = new Exchange(request.timeoutMs);
    const { url } = request;
    const known = this.current.get(endpoint);
    const isCurrent = known?.origin === url.origin;
    // A request that was made before its endpoint moved, or was deleted, gets connections of its own.
    const connections = isCurrent ? known : this.connectionsTo(url, 1);
    if (connections.refusal !== undefined) {
      exchange.fail(connections.refusal);
      return exchange;
    }
    this.underWay.add(exchange);
    void exchange.result.then(() => this.underWay.delete(exchange));
    const pool = (connections.pool ??= this.openPool(connections));
    pool.dispatch({ method: 'POST', path: url.pathname + url.search, headers: request.headers, body: request.body }, exchange);
    if (!isCurrent) this.closeWhenIdle(pool);
    return exchange;
  }

  private endpointChanged({ id, url, maxConcurrency, deleted }: EndpointTarget): void {
    const known = this.current.get(id);
    if (!deleted && known?.origin === url.origin && known.most === maxConcurrency) return;
    if (known?.pool !== undefined) this.closeWhenIdle(known.pool);
    if (deleted) this.current.delete(id);
    else this.current.set(id, this.connectionsTo(url, maxConcurrency));
  }

  private connectionsTo({ protocol, hostname, origin }: URL, most: number): Connections {
    const literal = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    const refusal = isIP(literal) === 0 || this.addresses.allows(protocol, literal)
      ? undefined
      : `Deliveries may not go to ${protocol}//${hostname}: it is a private or reserved address, or public and http:// is not allowed`;
    return { origin, most, refusal, pool: undefined };
  }

  private openPool({ origin, most }: Connections): Pool {
    const pool = new Pool(origin, {
      connections: most,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      // The exchange's own timeout covers these.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: 10_000, lookup: (hostname, options, callback) => this.lookup(new URL(origin).protocol, hostname, options, callback) },
    });
    this.open.add(pool);
    return pool;
  }

  private closeWhenIdle(pool: Pool): void {
    void pool.close().then(() => this.open.delete(pool));
  }

  /** Resolves a name to the addresses that deliveries may go to, so that a name can't lead where an address may not. */
  private lookup(protocol: string, hostname: string, options: LookupOptions, callback: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void): void {
    dnsLookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '');
      const allowed = found.filter(({ address }) => this.addresses.allows(protocol, address));
      const [first] = allowed;
      if (first === undefined) return callback(new Error(`Deliveries may not go to ${hostname}: its addresses are private or reserved, or public and http:// is not allowed`), '');
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  }

  private checkTimeouts(): void {
    const nowMs = performance.now();
    for (const exchange of this.underWay) exchange.checkTimeout(nowMs);
  }
}

/** One HTTP exchange, as undici reports it. */
class Exchange implements Attempt, Dispatcher.DispatchHandler {
  readonly result: Promise<AttemptResult | undefined>;
  private resolve: (result: AttemptResult | undefined) => void = () => undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private ended = false;
  private readonly startedAtMs = Date.now();
  private readonly startedMonotonicMs = performance.now();
  private statusCode: number | undefined;
  private retryAfterMs: number | undefined;
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  private readBytes = 0;

  constructor(private readonly timeoutMs: number) {
    this.result = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  abort(): void {
    if (this.ended) return;
    this.ended = true;
    this.resolve(undefined);
    this.controller?.abort(new Error('cut off'));
  }

  checkTimeout(nowMs: number): void {
    if (nowMs - this.startedMonotonicMs < this.timeoutMs) return;
    this.statusCode = undefined;
    this.fail(`No complete response within ${this.timeoutMs} ms`);
    this.controller?.abort(new Error('timed out'));
  }

  fail(error: string): void {
    this.end(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // Timed out or cut off while it waited for a connection.
    if (this.ended) controller.abort(new Error('cut off'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number, headers: Record<string, string | string[] | undefined>): void {
    // 1xx are announcements (RFC 9110, 15.2).
    if (statusCode < 200) return;
    this.statusCode = statusCode;
    const retryAfter = headers['retry-after'];
    if (typeof retryAfter === 'string') this.retryAfterMs = parseRetryAfterMs(retryAfter, Date.now());
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.ended) return;
    this.readBytes += chunk.length;
    if (this.keptBytes < KEPT_BODY_BYTES) {
      const part = chunk.subarray(0, KEPT_BODY_BYTES - this.keptBytes);
      this.kept.push(part);
      this.keptBytes += part.length;
    }
    if (this.readBytes > DRAINED_BODY_BYTES) {
      this.end(undefined);
      controller.abort(new Error('The response is longer than is read'));
    }
  }

  onResponseEnd(): void {
    this.end(undefined);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.statusCode = undefined;
    this.end(describe(error));
  }

  private end(error: string | undefined): void {
    if (this.ended) return;
    this.ended = true;
    this.resolve({
      startedAtMs: this.startedAtMs,
      durationMs: Math.round(performance.now() - this.startedMonotonicMs),
      statusCode: this.statusCode,
      error,
      // A copy: a slice would keep the whole chunk that it was read from.
      responseBody: Buffer.concat(this.kept),
      retryAfterMs: this.retryAfterMs,
    });
  }
}

/** An error's code and text, such as `ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:9`, in at most 500 characters. */
function describe(error: Error): string {
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' ? `${code}: ${error.message}` : error.message).replaceAll('\0', '').slice(0, 500);
}
