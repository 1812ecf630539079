import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Pool } from 'undici';
import { AddressPolicy } from '#ground/network/address-policy';
import { EndpointDirectory, type EndpointTarget } from './endpoint-directory.js';
import { type Attempt, Exchange } from './exchange.js';

/** One timer checks the timeouts of all attempts. */
const TIMEOUT_CHECK_MS = 100;

export interface AttemptRequest {
  readonly url: URL;
  /** Names and values alternately. */
  readonly headers: string[];
  readonly body: Buffer;
  /** Of the whole exchange, from connecting to the response's last byte. */
  readonly timeoutMs: number;
}

/** The connections to one endpoint. */
interface Connections {
  readonly origin: string;
  readonly most: number;
  /** Why deliveries may not go there. Checked once: a check takes 20 µs. */
  readonly refusal: string | undefined;
  pool: Pool | undefined;
}

/**
 * Sends attempts. Each endpoint has a keep-alive pool; redirects are not followed; the timeout covers the whole exchange.
 * When an endpoint is deleted or moves to another origin, its pool finishes the attempts in flight and closes.
 */
@Injectable()
export class AttemptClient {
  /** By endpoint, as the directory has it now. Deleted endpoints have none. */
  private readonly current = new Map<number, Connections>();
  private readonly open = new Set<Pool>();
  private readonly inFlight = new Set<Exchange>();
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
    // A request that was prepared before its endpoint moved or was deleted uses a pool of its own.
    const connections = isCurrent ? known : this.connectionsTo(url, 1);
    if (connections.refusal !== undefined) {
      exchange.fail(connections.refusal);
      return exchange;
    }
    this.inFlight.add(exchange);
    void exchange.result.then(() => this.inFlight.delete(exchange));
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
      connect: { timeout: 10_000, lookup: this.addresses.lookupFor(new URL(origin).protocol) },
    });
    this.open.add(pool);
    return pool;
  }

  private closeWhenIdle(pool: Pool): void {
    void pool.close().then(() => this.open.delete(pool));
  }

  private checkTimeouts(): void {
    const nowMs = performance.now();
    for (const exchange of this.inFlight) exchange.checkTimeout(nowMs);
  }
}
