import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { BodyFraming } from './body-framing.js';
import { HttpClientError } from './http-client-error.js';
import type { HttpExchange } from './http-exchange.js';
import type { ResponseHead } from './response-head.js';
import { type ParserLimits, ResponseParser, type ResponseReader } from './response-parser.js';
import type { IdleSocket } from './socket-budget.js';
import { StreamSender } from './stream-sender.js';

/** Where connections lead, and how responses are read. */
export interface ConnectionOptions {
  readonly origin: URL;
  readonly lookup: LookupFunction;
  /** Until TCP and TLS are set up. */
  readonly connectTimeoutMs: number;
  readonly limits: ParserLimits;
  /**
   * Whether a response ends where it becomes unreadable or too long, instead of failing. Its status must have been read.
   */
  readonly endsEarly: boolean;
  /**
   * Whether the requests of several clients share the connections: then nobody may get bytes of another one's response,
   * and a 204, a 304 or the response to a HEAD ends its connection.
   */
  readonly isShared: boolean;
}

/** What a connection reports to its pool. */
export interface ConnectionOwner {
  /** The last TLS session: the next connection resumes it. */
  tlsSession: Buffer | undefined;
  /** The exchange is over, and the connection can take another one. */
  connectionFree(connection: Connection): void;
  connectionClosed(connection: Connection): void;
  /** The connection is closed, and the request that it carried is to be repeated on a new one. */
  connectionReplaced(connection: Connection, exchange: HttpExchange): void;
}

/** Unless the receiver says that it closes earlier. */
const IDLE_MS = 30_000;
/** The receiver's own timer started earlier, when it sent the response. */
const IDLE_MARGIN_MS = 1_000;
/** A connection that was idle for so long is polled once before it is used: an end that has arrived is then seen. */
const POLL_AFTER_IDLE_MS = 1_000;
/** After the first response whose end is implied, a connection rests so long: the body of a faulty 204 comes within this time. */
const REST_MS = 50;
/** Of TCP, for connections through firewalls that drop silent ones. */
const TCP_KEEP_ALIVE_MS = 60_000;
/** Up to this size head and body are copied together: one write of one buffer costs less than the copy. */
const JOINED_BYTES = 16_384;

/** All sockets read into this buffer, one at a time: what is read is used before the call returns. */
const READ_BUFFER = Buffer.allocUnsafeSlow(65_536);

/** Made once: it takes milliseconds. */
let secureContext: SecureContext | undefined;

/**
 * One connection, with one exchange at a time, and HTTP/1.1 only. It serves another exchange only after a response that is
 * strictly as RFC 9112 requires, to a request that was sent to its end. Bytes that no request has asked for close it.
 */
export class Connection implements IdleSocket, ResponseReader {
  idleUntilMs = 0;
  private idleSinceMs = Infinity;
  private readonly socket: Socket;
  private readonly parser: ResponseParser;
  /** Until it is connected; later, while it rests. */
  private timer: NodeJS.Timeout;
  private exchange: HttpExchange | undefined;
  private isClosed = false;
  private isPaused = false;
  /** Exchanges that were served before. */
  private served = 0;
  /** Whether no byte came behind a response whose end is implied. */
  private hasRested = false;
  /** Whether the present exchange's request was begun, and whether a byte of its response came. */
  private isAsked = false;
  private isAnswered = false;
  private sender: StreamSender | undefined;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly owner: ConnectionOwner,
    first: HttpExchange,
  ) {
    this.parser = new ResponseParser(this, options.limits);
    this.exchange = first;
    first.carryBy(this);
    this.socket = this.open();
    this.timer = setTimeout(() => this.connectTimedOut(), options.connectTimeoutMs);
  }

  /** Sends the next exchange's request. */
  send(exchange: HttpExchange): void {
    this.exchange = exchange;
    exchange.carryBy(this);
    this.isAsked = false;
    this.isAnswered = false;
    if (performance.now() - this.idleSinceMs < POLL_AFTER_IDLE_MS) this.ask(exchange);
    // The second one runs after the event loop has polled all sockets.
    else setImmediate(() => setImmediate(() => this.exchange === exchange && this.ask(exchange)));
  }

  /** The connection waits for its next exchange. */
  rest(nowMs: number): void {
    this.idleSinceMs = nowMs;
    const keepAliveMs = this.parser.head?.keepAliveMs;
    this.idleUntilMs = nowMs + Math.min(IDLE_MS, keepAliveMs === undefined ? IDLE_MS : keepAliveMs - IDLE_MARGIN_MS);
    this.parser.forget();
  }

  /** Closes it. An exchange that it carries fails. */
  close(error = new HttpClientError('CLIENT_STOPPED', 'The connection was closed')): void {
    const { exchange } = this;
    this.end();
    exchange?.fail(error);
  }

  abandon(exchange: HttpExchange): void {
    if (this.exchange === exchange) this.end();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.socket.resume();
  }

  get responseIsWhole(): boolean {
    return this.isAsked && this.parser.isWhole;
  }

  onHead(head: ResponseHead, framing: BodyFraming): void {
    const { exchange } = this;
    if (exchange === undefined) return;
    // Load balancers send it when they close an idle connection, which can cross a request.
    if (head.statusCode === 408 && head.closes && this.mayRepeat(exchange)) {
      this.parser.halt();
      this.repeat(exchange);
      return;
    }
    exchange.begin(head, framing);
    if (exchange.hasEnded) this.parser.halt();
  }

  onData(data: Buffer): void {
    const { exchange } = this;
    if (exchange === undefined || exchange.hasEnded) return;
    if (!exchange.handler.onData(data)) this.isPaused = true;
    if (exchange.hasEnded) this.parser.halt();
  }

  private open(): Socket {
    const { protocol, hostname, port } = this.options.origin;
    const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    const onread = { buffer: READ_BUFFER, callback: (length: number): boolean => this.received(READ_BUFFER.subarray(0, length)) };
    const socket = protocol === 'https:'
      ? this.openTls(host, Number(port || 443), onread)
      : connectTcp({ host, port: Number(port || 80), lookup: this.options.lookup, onread });
    return socket
      .setNoDelay(true)
      .setKeepAlive(true, TCP_KEEP_ALIVE_MS)
      .once(protocol === 'https:' ? 'secureConnect' : 'connect', () => this.connected())
      .on('end', () => this.ended())
      .on('error', (error: Error) => this.failed(error))
      .on('close', () => this.failed(new HttpClientError('ECONNRESET', 'The connection was closed')));
  }

  private openTls(host: string, port: number, onread: { buffer: Buffer; callback: (length: number) => boolean }): TLSSocket {
    secureContext ??= createSecureContext();
    // SNI has names only, without the dot at the end (RFC 6066, 3).
    const servername = isIP(host) === 0 ? { servername: host.replace(/\.$/, '') } : {};
    const session = this.owner.tlsSession === undefined ? {} : { session: this.owner.tlsSession };
    // Apart from the call, because the type of the options lacks `onread`.
    const options = { host, port, lookup: this.options.lookup, onread, ...servername, ...session, secureContext, ALPNProtocols: ['http/1.1'] };
    return connectTls(options).on('session', (latest) => (this.owner.tlsSession = latest));
  }

  private connected(): void {
    clearTimeout(this.timer);
    if (this.exchange !== undefined) this.ask(this.exchange);
  }

  private connectTimedOut(): void {
    const { origin, connectTimeoutMs } = this.options;
    this.failed(new HttpClientError('ETIMEDOUT', `No connection to ${origin.host} within ${connectTimeoutMs} ms`));
  }

  private ask(exchange: HttpExchange): void {
    const { socket } = this;
    const { head, request: { body, method, maySend } } = exchange;
    if (maySend?.() === false) return this.pass(exchange);
    this.isAsked = true;
    exchange.isSent = true;
    this.parser.begin(method);
    exchange.handler.onProgress?.();
    if (body === undefined) socket.write(head, 'latin1');
    else if (!Buffer.isBuffer(body)) {
      socket.write(head, 'latin1');
      this.sender = new StreamSender(body, socket, () => exchange.handler.onProgress?.(), (error) => this.failed(error));
      this.sender.start();
    } else if (body.length <= JOINED_BYTES) {
      const whole = Buffer.allocUnsafe(head.length + body.length);
      whole.write(head, 'latin1');
      body.copy(whole, head.length);
      socket.write(whole);
    } else {
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(body);
      socket.uncork();
    }
  }

  /** The exchange is not begun: the connection serves the next one. It may have been closed by then, like one that served others. */
  private pass(exchange: HttpExchange): void {
    this.exchange = undefined;
    this.served += 1;
    // Later, because all that wait for a connection may be passed on, one after the other.
    setImmediate(() => {
      // First, so that what follows the failure finds the connection.
      if (!this.isClosed) this.owner.connectionFree(this);
      exchange.fail(new HttpClientError('NOT_SENT', 'The request was not sent, because it may no longer be'));
    });
  }

  /** @returns whether to read on */
  private received(bytes: Buffer): boolean {
    const { exchange } = this;
    if (exchange === undefined || !this.isAsked) {
      this.failed(new HttpClientError('ECONNRESET', 'The receiver sent bytes without a request'));
      return false;
    }
    this.isAnswered = true;
    exchange.handler.onProgress?.();
    let read: number;
    try {
      read = this.parser.read(bytes);
    } catch (error) {
      // Thrown by the handler.
      this.end();
      exchange.fail(error as Error);
      return false;
    }
    if (this.exchange === exchange) this.conclude(exchange, read < bytes.length);
    return !this.isPaused && !this.isClosed;
  }

  private conclude(exchange: HttpExchange, hasSurplus: boolean): void {
    const { parser: { state, head, problem }, isAnswered } = this;
    switch (state) {
      case 'head':
      case 'body':
      case 'stopped':
        return;
      case 'complete':
        if (hasSurplus || !this.isReusable) this.end();
        else this.free();
        exchange.succeed();
        return;
      case 'unreadable':
      case 'too-long': {
        // Not the response to this request: what is left of an earlier one.
        if (state === 'unreadable' && head === undefined && this.mayRepeat(exchange)) return this.repeat(exchange);
        this.end();
        const code = state === 'unreadable' ? 'RESPONSE_UNREADABLE' : 'RESPONSE_TOO_LONG';
        if (this.options.endsEarly && head !== undefined) exchange.endEarly(head);
        else exchange.fail(new HttpClientError(code, `The response can't be read: ${problem}`));
        return;
      }
      case 'cut-off':
        this.end();
        exchange.fail(isAnswered
          ? new HttpClientError('RESPONSE_CUT_OFF', `The connection was closed before the end of the response: ${problem}`)
          : new HttpClientError('ECONNRESET', 'The connection was closed without a response'));
    }
  }

  private get isReusable(): boolean {
    const { parser: { isStrict, isEndImplied, head } } = this;
    if (isEndImplied && this.options.isShared) return false;
    const isWritten = this.socket.writableLength === 0 && this.sender?.isDone !== false;
    return isStrict && isWritten && head?.closes === false && (head.keepAliveMs ?? Infinity) > IDLE_MARGIN_MS;
  }

  private free(): void {
    this.exchange = undefined;
    this.sender = undefined;
    this.isAsked = false;
    this.isPaused = false;
    this.served += 1;
    this.idleSinceMs = Infinity;
    if (!this.parser.isEndImplied || this.hasRested) return this.owner.connectionFree(this);
    // The immediate runs after the event loop has polled all sockets: the process may have been busy for the whole rest.
    this.timer = setTimeout(() => setImmediate(() => this.rested()), REST_MS);
  }

  private rested(): void {
    if (this.isClosed) return;
    this.hasRested = true;
    this.owner.connectionFree(this);
  }

  /** The receiver has ended the connection. */
  private ended(): void {
    const { exchange } = this;
    if (exchange === undefined || !this.isAsked || !this.isAnswered) {
      this.failed(new HttpClientError('ECONNRESET', 'The connection was closed without a response'));
      return;
    }
    this.parser.end();
    this.conclude(exchange, false);
  }

  private failed(error: Error): void {
    if (this.isClosed) return;
    const { exchange } = this;
    if (exchange === undefined) return this.end();
    if (this.mayRepeat(exchange) && !this.isAnswered) return this.repeat(exchange);
    const isWhole = this.responseIsWhole;
    this.end();
    if (isWhole) exchange.succeed();
    else exchange.fail(error);
  }

  /** Whether the exchange may go to a new connection: this one served others, and may have been closed since. */
  private mayRepeat({ isRepeated, request }: HttpExchange): boolean {
    return this.served > 0 && !isRepeated && (!this.isAsked || request.mayRepeat());
  }

  private repeat(exchange: HttpExchange): void {
    exchange.isRepeated = true;
    this.shut();
    this.owner.connectionReplaced(this, exchange);
  }

  private end(): void {
    if (this.isClosed) return;
    this.shut();
    this.owner.connectionClosed(this);
  }

  private shut(): void {
    this.isClosed = true;
    this.exchange = undefined;
    clearTimeout(this.timer);
    this.sender?.stop();
    this.parser.halt();
    this.socket.destroy();
  }
}
