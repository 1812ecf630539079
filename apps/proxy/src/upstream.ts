import { lookup } from 'node:dns';
import { Injectable } from '@nestjs/common';
import { ConnectionPool } from '#ground/http-client/connection-pool';
import { HttpClientError } from '#ground/http-client/http-client-error';
import type { BodyStream } from '#ground/http-client/http-exchange';
import { SocketBudget } from '#ground/http-client/socket-budget';
import { InjectConfig } from '#ground/process/process-context';
import type { ProxyConfig } from './proxy-config.js';
import { type ResponseSink, UpstreamExchange } from './upstream-exchange.js';

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query as the client wrote them. */
  readonly url: string;
  /** Names and values, alternating, without those of the connection and `content-length`. */
  readonly headers: string[];
  readonly body: Buffer | BodyStream | undefined;
  /**
   * Whether it may be sent again, once, when a reused connection breaks before any byte of the response: the backend may
   * have carried out the first one.
   */
  readonly isRepeatable: boolean;
  /** How long the backend may be silent. */
  readonly timeoutMs: number;
}

/** Above this number requests wait for a connection. */
const MAX_CONNECTIONS = 1_024;
/** One timer checks the silence of all exchanges. */
const SILENCE_CHECK_MS = 100;

/** The backend. Repeats no request that is not repeatable, and follows no redirects. */
@Injectable()
export class Upstream {
  private readonly pool: ConnectionPool;
  private readonly basePath: string;
  private readonly underWay = new Set<UpstreamExchange>();
  private timer: NodeJS.Timeout | undefined;

  constructor(@InjectConfig() config: Pick<ProxyConfig, 'upstreamUrl'>, sockets: SocketBudget) {
    const origin = new URL(config.upstreamUrl);
    this.basePath = origin.pathname.replace(/\/$/, '');
    // A response that can't be read to its end fails: its rest must not be missing without a sign (RFC 9112, 6.3).
    this.pool = new ConnectionPool({ origin, maxConnections: MAX_CONNECTIONS, lookup, maxBodyBytes: Infinity, endsEarly: false, isShared: true }, sockets);
  }

  send({ method, url, headers, body, isRepeatable, timeoutMs }: UpstreamRequest, sink: ResponseSink): UpstreamExchange {
    const exchange = new UpstreamExchange(method, timeoutMs, sink, this.ended);
    this.underWay.add(exchange);
    this.timer ??= setInterval(() => this.checkSilence(), SILENCE_CHECK_MS).unref();
    exchange.http = this.pool.send({ method, target: this.basePath + url, headers, body, mayRepeat: () => isRepeatable }, exchange);
    return exchange;
  }

  /** Cuts the exchanges in progress and those that wait for a connection. */
  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.pool.destroy(new HttpClientError('CLIENT_STOPPED', 'The proxy is stopping'));
  }

  private readonly ended = (exchange: UpstreamExchange): void => {
    this.underWay.delete(exchange);
  };

  private checkSilence(): void {
    const nowMs = performance.now();
    for (const exchange of this.underWay) exchange.checkSilence(nowMs);
  }
}
