import { type BodyFraming, isStillCoded } from '#ground/http-client/body-framing';
import type { HttpExchange, ResponseHandler } from '#ground/http-client/http-exchange';
import type { ResponseHead } from '#ground/http-client/response-head';
import type { HeaderFields } from '#idempotency/response-policy';

/** `not_sent`: no byte of the request was sent. Otherwise the backend may have carried it out. */
export interface UpstreamFailure {
  readonly kind: 'not_sent' | 'timeout' | 'interrupted';
  readonly error: Error;
}

/** Receives a response: a head, data, and an end or a failure. */
export interface ResponseSink {
  /** @param headers valid ones; a `content-length` among them is that of the body */
  onHead(status: number, headers: HeaderFields): void;
  /** False: pause until the exchange is resumed. */
  onData(chunk: Buffer): boolean;
  onEnd(): void;
  onFailure(failure: UpstreamFailure): void;
}

/** One exchange with the backend. */
export class UpstreamExchange implements ResponseHandler {
  /** Set once the request is on its way. */
  http: HttpExchange | undefined;
  private hasEnded = false;
  /** When the exchange began, or bytes last went to the backend or came from it. Infinity: the silence is not the backend's. */
  private activeMs = performance.now();

  constructor(
    private readonly method: string,
    private readonly timeoutMs: number,
    private readonly sink: ResponseSink,
    private readonly onEnded: (exchange: UpstreamExchange) => void,
  ) {}

  abort(reason: Error): void {
    if (this.hasEnded) return;
    const isSent = this.http?.isSent === true;
    this.http?.abort();
    this.onFailure(reason, isSent);
  }

  resume(): void {
    if (this.hasEnded) return;
    this.onProgress();
    this.http?.resume();
  }

  checkSilence(nowMs: number): void {
    if (nowMs - this.activeMs < this.timeoutMs) return;
    this.http?.abort();
    // Only trailers may be missing.
    if (this.http?.responseIsWhole === true) this.onEnd();
    else if (this.http?.isSent !== true) this.fail({ kind: 'not_sent', error: new Error(`No connection to the backend within ${this.timeoutMs} ms`) });
    else this.fail({ kind: 'timeout', error: new Error(`The backend was silent for ${this.timeoutMs} ms`) });
  }

  onProgress(): void {
    this.activeMs = performance.now();
  }

  onHead(head: ResponseHead, framing: BodyFraming): void {
    // It was not asked for (`upgrade` is not passed on), and what follows is not HTTP.
    if (head.statusCode === 101) this.abort(new Error('The backend has switched to another protocol'));
    // The client would take it for the content: `transfer-encoding` is not passed on.
    else if (framing.kind !== 'none' && isStillCoded(head)) this.abort(new Error(`The backend has answered with the transfer coding ${JSON.stringify(head.transferEncoding)}`));
    else this.sink.onHead(head.statusCode, fieldsOf(head, framing, this.method));
  }

  onData(data: Buffer): boolean {
    // A copy: the bytes are only valid now.
    const hasRoom = this.sink.onData(Buffer.from(data));
    if (!hasRoom) this.activeMs = Infinity;
    return hasRoom;
  }

  onEnd(): void {
    if (this.end()) this.sink.onEnd();
  }

  onFailure(error: Error, isSent: boolean): void {
    this.fail({ kind: isSent ? 'interrupted' : 'not_sent', error });
  }

  private fail(failure: UpstreamFailure): void {
    if (this.end()) this.sink.onFailure(failure);
  }

  private end(): boolean {
    if (this.hasEnded) return false;
    this.hasEnded = true;
    this.onEnded(this);
    return true;
  }
}

/** The headers, with the length of the body as it was read, however the backend wrote it. */
function fieldsOf(head: ResponseHead, framing: BodyFraming, method: string): HeaderFields {
  const { 'content-length': declared, ...others } = head.fields();
  if (framing.kind === 'length') return { ...others, 'content-length': String(framing.bytes) };
  // Of the body that a GET would get (RFC 9110, 8.6).
  const isHint = (method === 'HEAD' || head.statusCode === 304) && typeof declared === 'string' && /^\d+$/.test(declared);
  return isHint ? { ...others, 'content-length': declared } : others;
}
