import type { Readable } from 'node:stream';
import type { BodyFraming } from './body-framing.js';
import type { ResponseHead } from './response-head.js';

/** A body that is sent while it is read. */
export interface BodyStream {
  readonly stream: Readable;
  /** In bytes. Undefined: sent in chunks. */
  readonly length: number | undefined;
}

export interface HttpRequest {
  readonly method: string;
  /** Path and query, as they are sent. */
  readonly target: string;
  /** Names and values, alternating, without those of the connection and without `content-length`. */
  readonly headers: readonly string[];
  readonly body: Buffer | BodyStream | undefined;
  /**
   * Whether the request may now be sent a second time, on a new connection: a reused connection broke before any byte of
   * the response, and the receiver may have the first one.
   */
  readonly mayRepeat: () => boolean;
  /**
   * Whether the request may be sent now: asked right before its first byte is written, on each connection. If not, the exchange
   * fails with NOT_SENT, and the connection serves the next one. Default: it may.
   */
  readonly maySend?: (() => boolean) | undefined;
}

/** Receives the response: a head, data, and then an end or a failure. Nothing comes after `abort`. */
export interface ResponseHandler {
  onHead(head: ResponseHead, framing: BodyFraming): void;
  /** The bytes are only valid during the call. False: pause until `resume`. */
  onData(data: Buffer): boolean;
  onEnd(): void;
  /** @param isSent whether a byte of the request was sent: then the receiver may have carried it out */
  onFailure(error: Error, isSent: boolean): void;
  /** Bytes were sent or received. */
  onProgress?(): void;
}

/** What an exchange needs of its connection. */
interface Carrier {
  abandon(exchange: HttpExchange): void;
  resume(): void;
  readonly responseIsWhole: boolean;
}

/** One request and its response, from `send` to the end or the failure. */
export class HttpExchange {
  /** When it got a connection, perhaps one that is still set up, by `performance.now()`. Undefined: it waits for one. */
  carriedSinceMs: number | undefined;
  /** Whether a byte of the request was sent. */
  isSent = false;
  /** Whether the request was sent again, which happens once. */
  isRepeated = false;
  private isOver = false;
  private hasBegun = false;
  private wasWhole = false;
  private carrier: Carrier | undefined;

  constructor(
    readonly request: HttpRequest,
    readonly head: string,
    readonly handler: ResponseHandler,
  ) {}

  get hasEnded(): boolean {
    return this.isOver;
  }

  /** Whether no content of the response is missing, although its end has not come: its trailers are not complete. Also after `abort`. */
  get responseIsWhole(): boolean {
    return this.isOver ? this.wasWhole : this.carrier?.responseIsWhole === true;
  }

  /** It has got a connection, or another one. */
  carryBy(carrier: Carrier): void {
    this.carrier = carrier;
    this.carriedSinceMs ??= performance.now();
  }

  /** Ends the exchange and closes its connection, which could still carry the response. The handler is not called again. */
  abort(): void {
    if (this.isOver) return;
    this.wasWhole = this.responseIsWhole;
    this.isOver = true;
    this.carrier?.abandon(this);
  }

  /** Reads on after `onData` has returned false. */
  resume(): void {
    if (!this.isOver) this.carrier?.resume();
  }

  begin(head: ResponseHead, framing: BodyFraming): void {
    this.hasBegun = true;
    this.handler.onHead(head, framing);
  }

  /** The rest of the response can't be read. */
  endEarly(head: ResponseHead): void {
    if (!this.hasBegun) this.begin(head, { kind: 'none' });
    this.succeed();
  }

  succeed(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.handler.onEnd();
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.handler.onFailure(error, this.isSent);
  }
}
