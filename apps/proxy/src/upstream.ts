import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type Dispatcher, Pool } from 'undici';
import { InjectConfig } from '#ground/process/process-context';
import type { HeaderFields } from '#idempotency/response-policy';
import type { ProxyConfig } from './proxy-config.js';

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query as the client wrote them. */
  readonly url: string;
  /** Names and values, alternating. */
  readonly headers: string[];
  readonly body: Buffer | Readable | null;
  /** How long the backend may be silent. */
  readonly timeoutMs: number;
}

/** `not_sent`: no byte of the request was sent. Otherwise the backend may have carried it out. */
export interface UpstreamFailure {
  readonly kind: 'not_sent' | 'timeout' | 'interrupted';
  readonly error: Error;
}

/** Receives a response: a head, data, and an end or a failure. */
export interface ResponseSink {
  onHead(status: number, headers: HeaderFields): void;
  /** False: pause until the exchange is resumed. */
  onData(chunk: Buffer): boolean;
  onEnd(): void;
  onFailure(failure: UpstreamFailure): void;
}

/** Above this number requests wait for a connection. */
const MAX_CONNECTIONS = 1_024;
const CONNECT_TIMEOUT_MS = 10_000;
const TIMEOUTS: readonly unknown[] = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'];

/** The backend. Never repeats a request, and follows no redirects. */
@Injectable()
export class Upstream {
  private readonly pool: Pool;
  private readonly basePath: string;

  constructor(@InjectConfig() config: Pick<ProxyConfig, 'upstreamUrl'>) {
    const { origin, pathname } = new URL(config.upstreamUrl);
    this.basePath = pathname.replace(/\/$/, '');
    this.pool = new Pool(origin, { connections: MAX_CONNECTIONS, pipelining: 1, connect: { timeout: CONNECT_TIMEOUT_MS } });
  }

  send({ method, url, headers, body, timeoutMs }: UpstreamRequest, sink: ResponseSink): UpstreamExchange {
    const exchange = new UpstreamExchange(sink);
    this.pool.dispatch({ method, path: this.basePath + url, headers, body, headersTimeout: timeoutMs, bodyTimeout: timeoutMs }, exchange);
    return exchange;
  }

  /** Cuts the exchanges in progress and those that wait for a connection. */
  async close(): Promise<void> {
    await this.pool.destroy(new Error('The proxy is stopping'));
  }
}

/** One HTTP exchange, as undici reports it. */
export class UpstreamExchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private aborted: Error | undefined;
  private ended = false;

  constructor(private readonly sink: ResponseSink) {}

  abort(reason: Error): void {
    if (this.ended) return;
    this.aborted = reason;
    this.controller?.abort(reason);
  }

  resume(): void {
    if (!this.ended) this.controller?.resume();
  }

  /** undici calls it when it has a connection, just before it writes the request. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.aborted === undefined) this.controller = controller;
    // Aborted while it waited for a connection.
    else controller.abort(this.aborted);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HeaderFields): void {
    // 1xx responses are interim (RFC 9110, 15.2).
    if (status >= 200) this.sink.onHead(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.sink.onData(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.end()) this.sink.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (!this.end()) return;
    const timedOut = 'code' in error && TIMEOUTS.includes(error.code);
    this.sink.onFailure({ kind: this.controller === undefined ? 'not_sent' : timedOut ? 'timeout' : 'interrupted', error });
  }

  private end(): boolean {
    if (this.ended) return false;
    this.ended = true;
    return true;
  }
}
