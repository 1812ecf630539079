/** The head of a request. */
export interface RequestHead {
  readonly path: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Head and body of a request, in this order. */
export type RequestPart = { readonly kind: 'head'; readonly head: RequestHead } | { readonly kind: 'body'; readonly text: string };

/** The bytes are not a request that a strict server takes. */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest';
}

const HEAD_END = '\r\n\r\n';
const MOST_HEAD_BYTES = 65_536;
const REQUEST_LINE = /^POST (\/[\x21-\x7e]*) HTTP\/1\.1$/;
/** RFC 9110, 5.1 and 5.5; no line folding. */
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e]*?)[ \t]*$/;

/** Reads the requests of one connection. Takes only POST with a Content-Length, as HTTP/1.1 asks a sender to write it. */
export class RequestReader {
  private bytes = Buffer.alloc(0);
  /** Of the body that follows; undefined while a head is read. */
  private bodyBytes: number | undefined;

  /**
   * Adds bytes, and yields the parts that are complete with them.
   * @throws MalformedRequest
   */
  *read(chunk: Buffer): Iterable<RequestPart> {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    for (;;) {
      const part = this.bodyBytes === undefined ? this.head() : this.body(this.bodyBytes);
      if (part === undefined) return;
      yield part;
    }
  }

  private head(): RequestPart | undefined {
    const end = this.bytes.indexOf(HEAD_END);
    if (end < 0) {
      if (this.bytes.length > MOST_HEAD_BYTES) throw new MalformedRequest(`no end of the head within ${MOST_HEAD_BYTES} bytes`);
      return undefined;
    }
    const head = headOf(this.bytes.toString('latin1', 0, end));
    this.bodyBytes = lengthOf(head);
    this.bytes = this.bytes.subarray(end + HEAD_END.length);
    return { kind: 'head', head };
  }

  private body(length: number): RequestPart | undefined {
    if (this.bytes.length < length) return undefined;
    const text = this.bytes.toString('utf8', 0, length);
    this.bytes = this.bytes.subarray(length);
    this.bodyBytes = undefined;
    return { kind: 'body', text };
  }
}

function headOf(text: string): RequestHead {
  const [requestLine = '', ...lines] = text.split('\r\n');
  const path = REQUEST_LINE.exec(requestLine)?.[1];
  if (path === undefined) throw new MalformedRequest(`the request line ${JSON.stringify(requestLine)}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new MalformedRequest(`the header line ${JSON.stringify(line)}`);
    const lower = name.toLowerCase();
    if (headers.has(lower)) throw new MalformedRequest(`two headers ${lower}`);
    headers.set(lower, value);
  }
  return { path, headers };
}

function lengthOf({ headers }: RequestHead): number {
  if (!headers.has('host')) throw new MalformedRequest('no Host');
  if (headers.has('transfer-encoding')) throw new MalformedRequest('a Transfer-Encoding');
  const length = headers.get('content-length') ?? '';
  if (!/^\d{1,9}$/.test(length)) throw new MalformedRequest(`the Content-Length ${JSON.stringify(length)}`);
  return Number(length);
}
