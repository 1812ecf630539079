import { type BodyFraming, framingOf } from './body-framing.js';
import { isBlank, isFieldText } from './characters.js';
import { ChunkedBody } from './chunked-body.js';
import { KEPT_HEAD_BYTES, ResponseHead } from './response-head.js';

/** The rest of a longer line is dropped. More than a head keeps of all lines, so that it keeps nothing of such a line. */
const KEPT_LINE_BYTES = KEPT_HEAD_BYTES + 1;
/** Bytes that are turned into text at a time: most heads fit, and little of a body comes along. */
const TEXT_WINDOW_BYTES = 1_024;

/** `too-long`: more bytes came than are read. `stopped`: the reader wants no more. */
export type ParserState = 'head' | 'body' | 'complete' | 'cut-off' | 'unreadable' | 'too-long' | 'stopped';

export interface ParserLimits {
  /** Of all heads together, interim responses included. */
  readonly maxHeadBytes: number;
  /** Of the body as it is sent, chunk heads included. */
  readonly maxBodyBytes: number;
}

export interface ResponseReader {
  /** The head of the final response. */
  onHead(head: ResponseHead, framing: BodyFraming): void;
  /** Part of the body. The bytes are only valid during the call. */
  onData(data: Buffer): void;
}

/**
 * Reads one response to a request, from bytes that are split in any way. Interim responses (1xx, except 101) are skipped
 * (RFC 9110, 15.2).
 *
 * It reads whatever can be read: any HTTP version, lines that end with LF alone, invalid header lines, equal lengths that
 * are repeated, and the other oddities of `body-framing.ts` and `chunked-body.ts`. `isStrict` says whether there were none;
 * only then may another response follow on the same connection. Memory is bounded: 64 KiB of headers, nothing of the body.
 */
export class ResponseParser {
  state: ParserState = 'stopped';
  /** Of the final response, as soon as its head is complete or too long. */
  head: ResponseHead | undefined;
  /** Why the response is `cut-off`, `unreadable` or `too-long`. */
  problem = '';
  /** Whether the response, as far as it was read, is as RFC 9112 requires, with an end that every reader finds. */
  isStrict = true;
  private method = '';
  private headBytes = 0;
  /** The unfinished line, and the line before it, which the next one may continue. */
  private partial = '';
  private pending: string | undefined;
  /** A head of which not all lines were read. */
  private draft: ResponseHead | undefined;
  private framing: BodyFraming = { kind: 'none' };
  private bodyBytes = 0;
  private chunked: ChunkedBody | undefined;
  private readonly onData: (data: Buffer) => void;

  constructor(
    private readonly reader: ResponseReader,
    private readonly limits: ParserLimits,
  ) {
    this.onData = (data) => this.reader.onData(data);
  }

  /** Expects the response to a request of this method. */
  begin(method: string): void {
    this.state = 'head';
    this.head = undefined;
    this.problem = '';
    this.isStrict = true;
    this.method = method;
    this.headBytes = 0;
    this.partial = '';
    this.pending = undefined;
    this.draft = undefined;
    this.bodyBytes = 0;
    this.chunked = undefined;
  }

  /** @returns how many bytes belong to the response: fewer than there are when it has ended */
  read(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && (this.state === 'head' || this.state === 'body')) {
      at = this.state === 'head' ? this.readHead(bytes, at) : this.readBody(bytes, at);
    }
    return at;
  }

  /** The connection has ended in an orderly way: no more bytes will come. */
  end(): void {
    this.isStrict = false;
    if (this.state === 'head') {
      const isEmpty = this.headBytes === 0;
      this.stop('cut-off', isEmpty ? 'it did not begin' : 'it ended within its head');
    } else if (this.state === 'body') {
      if (this.framing.kind === 'close' || this.isWhole) this.state = 'complete';
      else if (this.framing.kind === 'length') this.stop('cut-off', `it ended after ${this.bodyBytes} of ${this.framing.bytes} bytes`);
      else this.stop('cut-off', 'it ended before its last chunk');
    }
  }

  /** Whether the whole content was read. What is left of the response, if anything, is trailers. */
  get isWhole(): boolean {
    return this.state === 'complete' || (this.state === 'body' && this.chunked?.isWhole === true);
  }

  /** Whether only the status or the method says that no body follows: servers with a fault send one all the same. */
  get isEndImplied(): boolean {
    return this.framing.kind === 'none' && this.head?.contentLength === undefined;
  }

  /** Frees the memory of a response that is complete. */
  forget(): void {
    this.head = undefined;
    this.chunked = undefined;
  }

  /** The reader wants no more: the rest of the bytes at hand is not read. */
  halt(): void {
    this.state = 'stopped';
  }

  private readHead(bytes: Buffer, from: number): number {
    const left = this.limits.maxHeadBytes - this.headBytes;
    if (left === 0) {
      if (this.draft !== undefined && isFinal(this.draft)) this.head = this.draft;
      this.stop('too-long', `its head is longer than ${this.limits.maxHeadBytes} bytes`);
      return from;
    }
    const text = bytes.toString('latin1', from, Math.min(bytes.length, from + TEXT_WINDOW_BYTES, from + left));
    let at = 0;
    while (at < text.length && this.state === 'head') {
      const lineEnd = text.indexOf('\n', at);
      if (lineEnd < 0) {
        this.keep(text.slice(at));
        at = text.length;
      } else {
        const line = this.partial + text.slice(at, lineEnd);
        this.partial = '';
        at = lineEnd + 1;
        this.takeLine(line);
      }
    }
    this.headBytes += at;
    return from + at;
  }

  private keep(part: string): void {
    const { length } = this.partial;
    if (length < KEPT_LINE_BYTES) this.partial += part;
    // Other protocols may have no lines at all. Longer than the word, because a line end may follow it.
    if (this.draft === undefined && length <= PROTOCOL.length && this.partial.length > PROTOCOL.length) this.checkProtocol(this.partial);
  }

  private takeLine(raw: string): void {
    const hasReturn = raw.endsWith('\r');
    if (!hasReturn || raw.length >= KEPT_LINE_BYTES) this.isStrict = false;
    const line = hasReturn ? raw.slice(0, -1) : raw;
    if (this.draft === undefined) return this.takeStatusLine(line);
    if (line === '') return this.endHead(this.draft);
    if (!isBlank(line.charCodeAt(0))) {
      this.addPending(this.draft);
      this.pending = line;
      return;
    }
    // A line that begins with a space continues the one before it (RFC 9112, 5.2).
    this.isStrict = false;
    if (this.pending !== undefined && this.pending.length < KEPT_LINE_BYTES) this.pending += ` ${line.trim()}`;
  }

  private takeStatusLine(line: string): void {
    // Empty lines before a response are left over from an earlier one (RFC 9112, 2.2, says so of requests).
    if (line === '') {
      this.isStrict = false;
      return;
    }
    if (!this.checkProtocol(line)) return;
    const [, version, status] = STATUS_LINE.exec(line) ?? [];
    if (status === undefined) {
      this.stop('unreadable', `its status line is ${JSON.stringify(line.slice(0, 100))}`);
      return;
    }
    this.isStrict &&= line.startsWith('HTTP/') && STRICT_STATUS_LINE.test(line) && isFieldText(line);
    this.draft = new ResponseHead(Number(status), version === '1.1', true);
  }

  private checkProtocol(line: string): boolean {
    const begin = line.slice(0, PROTOCOL.length);
    if (begin.toUpperCase() === PROTOCOL) return true;
    this.stop('unreadable', `it begins with ${JSON.stringify(begin)} and not with ${JSON.stringify(PROTOCOL)}`);
    return false;
  }

  private addPending(draft: ResponseHead): void {
    if (this.pending !== undefined) draft.add(this.pending);
    this.pending = undefined;
  }

  private endHead(head: ResponseHead): void {
    this.addPending(head);
    this.draft = undefined;
    this.isStrict &&= head.isStrict;
    if (!isFinal(head)) return;
    this.head = head;
    const { body, isUnambiguous } = framingOf(head, this.method);
    this.isStrict &&= isUnambiguous;
    this.framing = body;
    if (body.kind === 'unreadable') {
      this.stop('unreadable', body.reason);
      return;
    }
    this.state = 'body';
    this.reader.onHead(head, body);
    if (this.state !== 'body') return;
    if (body.kind === 'none' || (body.kind === 'length' && body.bytes === 0)) this.state = 'complete';
    else if (body.kind === 'chunked') this.chunked = new ChunkedBody();
  }

  private readBody(bytes: Buffer, from: number): number {
    const left = this.limits.maxBodyBytes - this.bodyBytes;
    if (left === 0) {
      this.stop('too-long', `its body is longer than ${this.limits.maxBodyBytes} bytes`);
      return from;
    }
    const to = Math.min(bytes.length, from + left);
    if (this.chunked !== undefined) return this.readChunked(this.chunked, bytes, from, to);
    const end = this.framing.kind === 'length' ? Math.min(to, from + this.framing.bytes - this.bodyBytes) : to;
    this.bodyBytes += end - from;
    this.reader.onData(bytes.subarray(from, end));
    if (this.state === 'body' && this.framing.kind === 'length' && this.bodyBytes === this.framing.bytes) this.state = 'complete';
    return end;
  }

  private readChunked(chunked: ChunkedBody, bytes: Buffer, from: number, to: number): number {
    const end = chunked.read(bytes, from, to, this.onData);
    this.bodyBytes += end - from;
    if (this.state !== 'body') return end;
    if (chunked.isDone) {
      this.isStrict &&= chunked.isStrict;
      this.state = 'complete';
    } else if (chunked.isUnreadable) this.stop('unreadable', chunked.problem);
    return end;
  }

  private stop(state: 'cut-off' | 'unreadable' | 'too-long', problem: string): void {
    this.isStrict = false;
    this.state = state;
    this.problem = problem;
  }
}

/** Whether no other response follows (RFC 9110, 15.2). A switch of protocols ends HTTP. */
function isFinal({ statusCode }: ResponseHead): boolean {
  return statusCode >= 200 || statusCode === 101;
}

const PROTOCOL = 'HTTP/';
const STATUS_LINE = /^HTTP\/(\d+(?:\.\d+)?)[ \t]+([1-9]\d\d)(?!\d)/i;
/** The space behind the status is missing in many servers' responses without a reason; it has no meaning. */
const STRICT_STATUS_LINE = /^HTTP\/1\.1 \d{3}(?: |$)/;
