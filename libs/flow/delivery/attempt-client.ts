import { isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { ConnectionPool } from '#ground/http-client/connection-pool';
import { SocketBudget } from '#ground/http-client/socket-budget';
import { AddressPolicy } from '#ground/network/address-policy';
import type { SendPermit } from '#flow/rate-limits/send-permit';
import { EndpointDirectory, type EndpointTarget } from './endpoint-directory.js';
import { type Attempt, Exchange } from './exchange.js';
import { type AttemptTimes, TimedExchange } from './timed-exchange.js';

/** One timer checks the timeouts of all attempts. */
const TIMEOUT_CHECK_MS = 100;
/** A longer response is cut off with its connection: reading the rest costs more than a new connection. */
const MAX_BODY_BYTES = 1_048_576;

export interface AttemptRequest {
  readonly url: URL;
  /** Names and values alternately. */
  readonly headers: string[];
  readonly body: Buffer;
  /** Of the whole exchange, from connecting to the response's last byte; and before that, of waiting for a connection. */
  readonly timeoutMs: number;
  /** Whether the lane is still this process's to send: asked before a request that broke off is sent again. */
  readonly mayRepeat: () => boolean;
  /** Of an endpoint with a rate limit. It is used when the request is written. */
  readonly permit?: SendPermit | undefined;
  /** Of an attempt of a recorded event: noted until its end. */
  readonly times?: AttemptTimes | undefined;
}

/** The connections to one endpoint. */
interface Connections {
  readonly origin: string;
  readonly most: number;
  /** Why deliveries may not go there. Checked once: a check takes 20 µs. */
  readonly refusal: string | undefined;
  pool: ConnectionPool | undefined;
}

/**
 * Sends attempts. Each endpoint has its own kept-alive connections; redirects are not followed; the timeout covers the
 * whole exchange. A complete response with a 2xx status delivers, whatever else is odd about it (docs/delivery.md). When
 * an endpoint is deleted or moves to another origin, its pool finishes the attempts in flight and closes.
 */
@Injectable()
export class AttemptClient {
  /** By endpoint, as the directory has it now. Deleted endpoints have none. */
  private readonly current = new Map<number, Connections>();
  private readonly open = new Set<ConnectionPool>();
  private readonly inFlight = new Set<Exchange>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly addresses: AddressPolicy,
    private readonly sockets: SocketBudget,
    @Inject(EndpointDirectory) directory: Pick<EndpointDirectory, 'onChange'>,
  ) {
    directory.onChange((target) => this.endpointChanged(target));
  }

  start(): void {
    this.timer = setInterval(() => this.checkTimeouts(), TIMEOUT_CHECK_MS).unref();
  }

  /** Closes all connections. Attempts that are still in flight fail. */
  stop(): void {
    clearInterval(this.timer);
    this.current.clear();
    for (const pool of this.open) pool.destroy();
    this.open.clear();
  }

  send(endpoint: number, request: AttemptRequest): Attempt {
    const { url, headers, body, timeoutMs, permit, times } = request;
    const exchange = times === undefined ? new Exchange(timeoutMs, this.ended) : new TimedExchange(timeoutMs, this.ended, times);
    const known = this.current.get(endpoint);
    const isCurrent = known?.origin === url.origin;
    // A request that was prepared before its endpoint moved or was deleted uses a pool of its own.
    const connections = isCurrent ? known : this.connectionsTo(url, 1);
    if (connections.refusal !== undefined) {
      exchange.fail(connections.refusal);
      return exchange;
    }
    this.inFlight.add(exchange);
    const pool = (connections.pool ??= this.openPool(connections));
    exchange.http = pool.send({ method: 'POST', target: url.pathname + url.search, headers, body, mayRepeat: () => grantsRepeat(request, exchange), maySend: permit && (() => permit.use()) }, exchange);
    if (!isCurrent) this.closeWhenIdle(pool);
    return exchange;
  }

  private readonly ended = (exchange: Exchange): void => {
    this.inFlight.delete(exchange);
  };

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

  private openPool({ origin, most }: Connections): ConnectionPool {
    const url = new URL(origin);
    const pool = new ConnectionPool({
      origin: url,
      maxConnections: most,
      lookup: this.addresses.lookupFor(url.protocol),
      maxBodyBytes: MAX_BODY_BYTES,
      endsEarly: true,
      isShared: false,
    }, this.sockets);
    this.open.add(pool);
    return pool;
  }

  private closeWhenIdle(pool: ConnectionPool): void {
    pool.close(() => this.open.delete(pool));
  }

  private checkTimeouts(): void {
    const nowMs = performance.now();
    for (const exchange of this.inFlight) exchange.checkTimeout(nowMs);
  }
}

/** A repeat needs a token of its own. Without one the attempt ends like an aborted one: the delivery waits for a token again. */
function grantsRepeat({ mayRepeat, permit }: AttemptRequest, exchange: Exchange): boolean {
  if (exchange.isLate || !mayRepeat()) return false;
  if (permit === undefined || permit.renew()) return true;
  exchange.abort();
  return false;
}
