import type { Random } from './random.js';

/** What the receiver writes to a request: a complete response, perhaps with interim ones before it, or bytes after it. */
export interface RawResponse {
  /** What is odd about it; undefined for an ordinary response. */
  readonly oddity: string | undefined;
  readonly status: number;
  readonly bytes: Buffer;
  /** Goes out some milliseconds after them, when the response is complete. */
  readonly late: Buffer | undefined;
  /** Each byte goes out by itself. */
  readonly inSingleBytes: boolean;
  /** The receiver then closes the connection. */
  readonly closes: boolean;
  /** Where the response ends is a matter of opinion, or more follows: another exchange on the connection could be answered by the rest. */
  readonly endsConnection: boolean;
}

/** What the receiver does with the next request on a connection that it has kept open. */
export type Fate =
  | 'answers'
  /** Closes the connection when the first bytes come. */
  | 'closes unread'
  | 'closes read'
  /** Closes it after a moment; a request may be under way. */
  | 'closes idle'
  /** Has sent, or is about to send, bytes that no request asked for. It sends no others. */
  | 'is spoilt'
  /** Reads it and never answers. */
  | 'swallows';

/** The oddity of a request that is swallowed. */
export const NO_ANSWER = 'no answer';

const BODY = 'seen';
const LENGTH = `Content-Length: ${BODY.length}\r\n`;
const OK = 'HTTP/1.1 200 OK\r\n';
const PLAIN = `${OK}${LENGTH}\r\n${BODY}`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const CHUNKS = `${BODY.length}\r\n${BODY}\r\n0\r\n\r\n`;

export function ordinary(status: number): RawResponse {
  return { ...response(undefined, `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Internal Server Error'}\r\n${LENGTH}\r\n${BODY}`), status };
}

/**
 * Complete responses with a 2xx that real servers send, odd as they are. They follow what HTTP clients refuse by default:
 * header sizes and characters, line ends, lengths, trailers, versions, interim responses.
 */
export const ODD_RESPONSES: readonly (RawResponse & { readonly oddity: string })[] = [
  // Valid HTTP/1.1 that is seldom seen.
  response('an unasked 100', `HTTP/1.1 100 Continue\r\n\r\n${PLAIN}`),
  response('a 103', `HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n${PLAIN}`),
  response('several interim responses', `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(5)}HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n${PLAIN}`),
  response('a cookie of 20 KiB', `${OK}Set-Cookie: id=${'c'.repeat(20_480)}\r\n${LENGTH}\r\n${BODY}`),
  response('300 headers', `${OK}${Array.from({ length: 300 }, (_, i) => `X-${i}: ${i}\r\n`).join('')}${LENGTH}\r\n${BODY}`),
  response('chunks with extensions and trailers', `${OK}${CHUNKED}Trailer: X-Sum\r\n\r\n4;a=1;b="x"\r\nseen\r\n000\r\nX-Sum: 1\r\n\r\n`),
  response('an Upgrade header', `${OK}Upgrade: h2c, websocket\r\nConnection: Upgrade\r\n${LENGTH}\r\n${BODY}`),
  response('no reason phrase', PLAIN.replace('200 OK', '200')),
  response('another 2xx', PLAIN.replace('200 OK', '299 Miscellaneous'), { status: 299 }),
  response('a 204', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204 }),
  response('a Content-Encoding', `${OK}Content-Encoding: gzip\r\n${LENGTH}\r\n${BODY}`),
  response('no length', `${OK}Connection: close\r\n\r\n${BODY}`, { closes: true }),
  response('no length, and no word of closing', `${OK}\r\n${BODY}`, { closes: true }),
  response('HTTP/1.0', `HTTP/1.0 200 OK\r\n\r\n${BODY}`, { closes: true }),
  response('HTTP/1.0 with a length', `HTTP/1.0 200 OK\r\n${LENGTH}\r\n${BODY}`, { closes: true }),
  response('single bytes', PLAIN, { inSingleBytes: true }),
  response('an unasked 100 in single bytes', `HTTP/1.1 100 Continue\r\n\r\n${PLAIN}`, { inSingleBytes: true }),
  // What RFC 9112 does not allow, but servers do.
  response('LF line ends', PLAIN.replaceAll('\r\n', '\n')),
  response('blank lines before the status', `\r\n\r\n${PLAIN}`),
  response('a reason beyond ASCII', PLAIN.replace('OK', 'Übernommen')),
  response('wrong characters in headers', `${OK}X-A: a\u0001b\u007fü\r\nX B: c\r\n(no name): d\r\n${LENGTH}\r\n${BODY}`),
  response('a header without a colon', `${OK}nonsense\r\n${LENGTH}\r\n${BODY}`),
  response('a space before the colon', `${OK}Content-Length : ${BODY.length}\r\n\r\n${BODY}`),
  response('a folded header', `${OK}X-A: b\r\n c\r\n${LENGTH}\r\n${BODY}`),
  response('the same length twice', `${OK}${LENGTH}${LENGTH}\r\n${BODY}`),
  response('a list of the same length', `${OK}Content-Length: ${BODY.length}, ${BODY.length}\r\n\r\n${BODY}`),
  // What could answer the next exchange as well.
  response('two lengths', `${OK}${LENGTH}Content-Length: 9\r\n\r\n${BODY}`, { endsConnection: true }),
  response('no number as length', `${OK}Content-Length: four\r\n\r\n${BODY}`, { endsConnection: true }),
  response('a length and chunks', `${OK}${LENGTH}${CHUNKED}\r\n${CHUNKS}`, { endsConnection: true }),
  response('an unknown Transfer-Encoding', `${OK}Transfer-Encoding: rot13\r\n\r\n${BODY}`, { endsConnection: true, closes: true }),
  response('a 204 with a body', `HTTP/1.1 204 No Content\r\n${LENGTH}\r\n${BODY}`, { status: 204, endsConnection: true }),
  response('a 204 with a late body', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, late: Buffer.from(BODY) }),
  response('bytes behind the response', `${PLAIN}\r\nmore`, { endsConnection: true }),
  response('a second response', `${PLAIN}HTTP/1.1 500 Internal Server Error\r\n${LENGTH}\r\n${BODY}`, { endsConnection: true }),
];

function response<Oddity extends string | undefined>(oddity: Oddity, text: string, changes: Partial<RawResponse> = {}): RawResponse & { readonly oddity: Oddity } {
  return { status: 200, bytes: Buffer.from(text, 'latin1'), late: undefined, inSingleBytes: false, closes: false, endsConnection: false, ...changes, oddity };
}

/** Most responses are ordinary, so that connections are used again. */
export function drawResponse(random: Random): RawResponse {
  return random.next() < 0.75 ? ordinary(200) : random.pick(ODD_RESPONSES);
}

export function drawFate(random: Random): Fate {
  const drawn = random.next();
  if (drawn < 0.85) return 'answers';
  // Rare: it costs the sender its whole timeout.
  return drawn < 0.997 ? random.pick(['closes unread', 'closes read', 'closes idle']) : 'swallows';
}
