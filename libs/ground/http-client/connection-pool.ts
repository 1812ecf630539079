import type { LookupFunction } from 'node:net';
import { Fifo } from '#domain/fifo';
import { Connection, type ConnectionOptions, type ConnectionOwner } from './connection.js';
import { HttpClientError } from './http-client-error.js';
import { HttpExchange, type HttpRequest, type ResponseHandler } from './http-exchange.js';
import { type BodyLength, requestHead } from './request-head.js';
import type { SocketBudget, SocketOwner } from './socket-budget.js';

const MEBIBYTE = 1_048_576;
const CONNECT_TIMEOUT_MS = 10_000;

export interface PoolOptions {
  /** Protocol, host and port. */
  readonly origin: URL;
  /** Exchanges at a time. More wait, in order. */
  readonly maxConnections: number;
  readonly lookup: LookupFunction;
  /** Of a response's body. A longer one fails, or ends there if `endsEarly`. */
  readonly maxBodyBytes: number;
  /** Whether a response ends where it becomes unreadable or too long, instead of failing. Its status must have been read. */
  readonly endsEarly: boolean;
  /** Whether the requests of several clients share the connections, so that nobody may get bytes of another one's response. */
  readonly isShared: boolean;
  /** Until TCP and TLS are set up; 10 s unless given. */
  readonly connectTimeoutMs?: number;
}

/** The connections to one receiver: those of others are never used for it, nor its for others. */
export class ConnectionPool implements ConnectionOwner, SocketOwner {
  tlsSession: Buffer | undefined;
  openSockets = 0;
  private readonly all = new Set<Connection>();
  /** The last one is used next: it is the least likely to have been closed, and the others can expire. */
  private readonly idle: Connection[] = [];
  private readonly waiting = new Fifo<HttpExchange>();
  private readonly connection: ConnectionOptions;
  private onClosed: (() => void) | undefined;
  private destroyedBy: Error | undefined;

  constructor(
    private readonly options: PoolOptions,
    private readonly budget: SocketBudget,
  ) {
    const { origin, lookup, maxBodyBytes, endsEarly, isShared, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
    this.connection = { origin, lookup, endsEarly, isShared, connectTimeoutMs, limits: { maxHeadBytes: MEBIBYTE, maxBodyBytes } };
  }

  /** Sends a request at once, or when a connection is free. The handler may be called before this returns. */
  send(request: HttpRequest, handler: ResponseHandler): HttpExchange {
    let head: string;
    try {
      head = requestHead(request.method, request.target, this.options.origin.host, request.headers, lengthOf(request.body));
    } catch (error) {
      const refused = new HttpExchange(request, '', handler);
      refused.fail(error as Error);
      return refused;
    }
    const exchange = new HttpExchange(request, head, handler);
    if (this.destroyedBy !== undefined) {
      exchange.fail(this.destroyedBy);
      return exchange;
    }
    const connection = this.takeIdle();
    if (connection !== undefined) connection.send(exchange);
    else if (!this.openFor(exchange)) this.waiting.push(exchange);
    return exchange;
  }

  /** Ends what is under way, then closes all connections. @param onClosed called when none is left, perhaps at once */
  close(onClosed: () => void): void {
    this.onClosed = onClosed;
    for (const connection of [...this.idle]) connection.close();
    this.reportClosed();
  }

  /** Closes all connections at once. What is under way or waits fails, and what is sent later. */
  destroy(error = new HttpClientError('CLIENT_STOPPED', 'The client was stopped')): void {
    this.destroyedBy = error;
    // First, so that no connection takes them.
    for (let exchange = this.waiting.shift(); exchange !== undefined; exchange = this.waiting.shift()) exchange.fail(error);
    this.budget.forget(this);
    for (const connection of [...this.all]) connection.close(error);
  }

  connectionFree(connection: Connection): void {
    const next = this.nextWaiting();
    if (this.budget.mustYield(this, next !== undefined) || (next === undefined && this.onClosed !== undefined)) {
      connection.close();
    } else if (next !== undefined) {
      this.waiting.shift();
      connection.send(next);
    } else {
      connection.rest(performance.now());
      this.idle.push(connection);
      this.budget.addIdle(connection);
    }
  }

  connectionClosed(connection: Connection): void {
    this.all.delete(connection);
    const at = this.idle.lastIndexOf(connection);
    if (at >= 0) {
      this.idle.splice(at, 1);
      this.budget.removeIdle(connection);
    }
    this.openSockets -= 1;
    this.budget.release(this);
    this.openWaiting();
  }

  connectionReplaced(connection: Connection, exchange: HttpExchange): void {
    this.all.delete(connection);
    // The socket stays counted, so that the new one need not wait.
    this.all.add(new Connection(this.connection, this, exchange));
  }

  openWaiting(): void {
    for (let next = this.nextWaiting(); next !== undefined && this.openFor(next); next = this.nextWaiting()) this.waiting.shift();
    // What waited may have been aborted.
    this.reportClosed();
  }

  private openFor(exchange: HttpExchange): boolean {
    if (this.openSockets >= this.options.maxConnections || !this.budget.take(this)) return false;
    this.openSockets += 1;
    this.all.add(new Connection(this.connection, this, exchange));
    return true;
  }

  private takeIdle(): Connection | undefined {
    const nowMs = performance.now();
    for (let connection = this.idle.pop(); connection !== undefined; connection = this.idle.pop()) {
      this.budget.removeIdle(connection);
      if (connection.idleUntilMs > nowMs) return connection;
      connection.close();
    }
    return undefined;
  }

  /** The first that waits and was not aborted. */
  private nextWaiting(): HttpExchange | undefined {
    while (this.waiting.next?.hasEnded === true) this.waiting.shift();
    return this.waiting.next;
  }

  private reportClosed(): void {
    if (this.onClosed === undefined || this.openSockets > 0 || this.waiting.size > 0) return;
    this.budget.forget(this);
    this.onClosed();
    this.onClosed = undefined;
  }
}

function lengthOf(body: HttpRequest['body']): BodyLength {
  if (body === undefined || Buffer.isBuffer(body)) return body?.length;
  return body.length ?? 'unknown';
}
