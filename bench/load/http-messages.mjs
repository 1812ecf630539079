/**
 * Splits the bytes of one connection into HTTP/1.1 messages with a known length. It reads what our own pipelines write
 * and is no general parser. It takes a tenth of a parser's CPU, which would come from the cores of the pipeline under test.
 */
export class HttpMessages {
  #text = '';

  /** @param {(head: string, body: string) => void} onMessage body: latin1, one character per byte */
  constructor(onMessage) {
    this.onMessage = onMessage;
  }

  /** @param {string} chunk latin1 */
  push(chunk) {
    this.#text = this.#text === '' ? chunk : this.#text + chunk;
    for (;;) {
      const headEnd = this.#text.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const head = this.#text.slice(0, headEnd);
      const framed = bodyOf(this.#text, headEnd + 4, head);
      if (framed === undefined) return;
      this.#text = this.#text.slice(framed.end);
      this.onMessage(head, framed.body);
    }
  }
}

/** The body that starts at `start`, and where it ends; undefined while it is incomplete. */
function bodyOf(text, start, head) {
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return chunkedBodyOf(text, start);
  const end = start + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  return text.length < end ? undefined : { body: text.slice(start, end), end };
}

function chunkedBodyOf(text, start) {
  let body = '';
  for (let at = start; ; ) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const chunkStart = lineEnd + 2;
    at = chunkStart + size + 2;
    if (text.length < at) return undefined;
    if (size === 0) return { body, end: at };
    body += text.slice(chunkStart, chunkStart + size);
  }
}
