import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { isErrorCode } from '#domain/problem';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Time limit of a connection: longer than every timeout of the server that a test waits for. */
const DEADLINE_MS = 15_000;

export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
  // A reset does not fail the test: the bytes before it count.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Reads until the server closes the connection. */
export async function readToEnd(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const timer = setTimeout(() => socket.destroy(), DEADLINE_MS);
  await new Promise((resolve) => {
    socket.once('end', resolve);
    socket.once('close', resolve);
  });
  clearTimeout(timer);
  socket.destroy();
  return Buffer.concat(chunks);
}

/**
 * Sends these bytes, and returns the first final answer, or undefined if there is none. A request with `connection: close`
 * ends with its answer. Other connections are half-closed after a while, so that the server knows that an incomplete
 * request ends there.
 */
export async function sendRaw(url: string, bytes: Buffer): Promise<RawAnswer | undefined> {
  // Node drops the answer to a client that has half-closed: if the answer was slow, the second try waits longer.
  return (await exchange(url, bytes, 500)) ?? exchange(url, bytes, 10_000);
}

async function exchange(url: string, bytes: Buffer, endAfterMs: number): Promise<RawAnswer | undefined> {
  const socket = await openSocket(url);
  socket.write(bytes);
  const timer = setTimeout(() => socket.end(), endAfterMs);
  const received = await readToEnd(socket);
  clearTimeout(timer);
  return finalAnswerIn(received);
}

/** A request with exactly these header lines. Characters beyond ASCII are sent as latin1. */
export function requestBytes(method: string, target: string, headers: readonly (readonly [string, string])[], body: Uint8Array = Buffer.alloc(0)): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`, 'latin1'), body]);
}

/** The first answer that is not interim (1xx). */
export function finalAnswerIn(bytes: Buffer): RawAnswer | undefined {
  for (let at = 0; ; ) {
    const headEnd = bytes.indexOf('\r\n\r\n', at);
    if (headEnd < 0) return undefined;
    const [statusLine = '', ...lines] = bytes.toString('latin1', at, headEnd).split('\r\n');
    at = headEnd + 4;
    const status = Number(statusLine.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
    if (status < 200) continue;
    const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    const length = Number(headers['content-length'] ?? NaN);
    return { status, headers, body: Number.isNaN(length) ? bytes.subarray(at) : bytes.subarray(at, at + length) };
  }
}

/**
 * The fault of an answer to any request while Postgres and Kafka are available; undefined if it has none. A 5xx is a fault,
 * a 503 too: a statement that fails because of its input can look like an unavailable store. Every error must be a problem
 * document with a code of ours (RFC 9457), except for HEAD.
 */
export function faultOf(answer: RawAnswer | undefined, method: string): string | undefined {
  if (answer === undefined) return 'no answer';
  const { status, headers, body } = answer;
  if (!Number.isInteger(status)) return 'no HTTP answer';
  if (status >= 500) return `a ${status}: ${body.toString().slice(0, 500)}`;
  if (status < 400 || method === 'HEAD') return undefined;
  if (headers['content-type'] !== 'application/problem+json') return `a ${status} of type ${headers['content-type']}: ${body.toString().slice(0, 200)}`;
  const problem = JSON.parse(body.toString()) as Record<string, unknown>;
  const { code, type, title, detail, errors } = problem;
  const complete = problem['status'] === status && typeof code === 'string' && isErrorCode(code) && type === `urn:lockstep:problem:${code}` && typeof title === 'string' && typeof detail === 'string' && Array.isArray(errors);
  return complete ? undefined : `a ${status} that is no problem of ours: ${body.toString().slice(0, 500)}`;
}
