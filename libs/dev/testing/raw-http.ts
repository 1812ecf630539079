import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { isErrorCode } from '#domain/problem';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a connection may take in all: above every limit of the server's that a test waits for. */
const DEADLINE_MS = 15_000;

export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
  // A reset is no failure of the test: what came before it counts.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** What arrives until the server closes the connection. */
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
 * Sends these bytes as they are, then nothing more, and gives the first final answer; undefined when there is none.
 * A request that asks for `connection: close` is answered at once; the others are ended after a while, which tells an
 * incomplete one that nothing more will come.
 */
export async function sendRaw(url: string, bytes: Buffer): Promise<RawAnswer | undefined> {
  // Node gives no answer any more to who ends in the middle of one: a slow answer gets a second chance.
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

/** Header lines as they are given: repeated names, odd values. Bytes beyond ASCII as latin1. */
export function requestBytes(method: string, target: string, headers: readonly (readonly [string, string])[], body: Uint8Array = Buffer.alloc(0)): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}\r\n`, 'latin1'), body]);
}

/** The first answer in a connection's bytes that is no announcement (1xx). */
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
 * What is wrong with an answer, whatever was asked of a system whose servers are there; undefined when nothing is. No 5xx,
 * not even a 503 that says when to come again: a statement that fails because of what it was given can look like a store
 * that is away. And every error a problem document with a code of ours (RFC 9457); a HEAD gets none.
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
