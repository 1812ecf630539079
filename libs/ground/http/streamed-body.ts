import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LockstepError } from '#domain/problem';
import { bodyRefusalOf } from './json-body.js';

const JSON_TYPE = 'application/json';

/** Bodies that a route's handler reads as they arrive. */
export interface StreamedBodies {
  /** In lower case, without parameters. Bodies of other types are read as on every route. */
  readonly mediaTypes: readonly string[];
  /** A larger body is refused: before it is read if its length is announced, otherwise while it is read. */
  readonly maxBytes: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The handler reads such bodies with `StreamedBody`. */
    streamedBodies?: StreamedBodies;
  }
}

/** Lets routes read their bodies as they arrive (`streamedBodies` in a route's configuration). Other routes do not change. */
export function streamBodies(instance: FastifyInstance): void {
  instance.addHook('onRoute', (route) => {
    const streamed = route.config?.streamedBodies;
    if (streamed === undefined) return;
    // Fastify compares the announced length with it, although it gets an empty body.
    if (streamed.mediaTypes.includes(JSON_TYPE)) route.bodyLimit = streamed.maxBytes;
    else passUnread(instance, streamed.mediaTypes);
    route.preParsing = (request, reply, payload, done) => {
      if (!isStreamed(request)) return done(null, payload);
      const refusal = bodyRefusalOf(request) ?? (Number(request.headers['content-length'] ?? 0) > streamed.maxBytes ? tooLarge(streamed.maxBytes) : undefined);
      if (refusal === undefined) return done(null, emptyBodyFor(request));
      // The body stays unread.
      reply.header('connection', 'close');
      done(refusal);
    };
  });
}

/** The media type of a request's body, in lower case and without parameters. */
export function mediaTypeOf({ headers }: Pick<FastifyRequest, 'headers'>): string {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Whether a request's handler reads the body, so that parsers get an empty one. */
export function isStreamed(request: FastifyRequest): boolean {
  return request.routeOptions.config.streamedBodies?.mediaTypes.includes(mediaTypeOf(request)) ?? false;
}

/**
 * For a route that has its bodies of all other types read, with the usual limit: a parser that has none. It is the type's
 * only parser on the whole instance, so no route can take such a body unless it streams it.
 */
function passUnread(instance: FastifyInstance, mediaTypes: readonly string[]): void {
  for (const mediaType of mediaTypes) {
    if (!instance.hasContentTypeParser(mediaType)) instance.addContentTypeParser(mediaType, passOrRefuse);
  }
}

function passOrRefuse(request: FastifyRequest, _payload: IncomingMessage, done: (error: Error | null) => void): void {
  done(isStreamed(request) ? null : new LockstepError('unsupported_media_type', `Send the body as ${JSON_TYPE}`));
}

/** Fastify's parsers get it instead of the body, which it would read to its end. */
function emptyBodyFor({ headers }: FastifyRequest): Readable {
  return Object.assign(Readable.from([]), { receivedEncodedLength: Number(headers['content-length'] ?? 0) });
}

function tooLarge(maxBytes: number): LockstepError {
  return new LockstepError('payload_too_large', `The body may have ${maxBytes} bytes: send it in parts`);
}

/** As for a whole request that is not streamed. */
const TIMEOUT_MS = 30_000;

/** Bodies that are being read, by connection. */
const beingRead = new WeakMap<Socket, StreamedBody>();

/**
 * Makes the handler that reads a body on this connection answer the connection's error, so that it can say what it has
 * already done. False if no body is being read.
 */
export function interruptBody(socket: Socket, error: NodeJS.ErrnoException): boolean {
  const body = beingRead.get(socket);
  body?.interrupt(error);
  return body !== undefined;
}

/**
 * Reads the body of one request. What is not read yet waits in the connection: a handler that reads slowly slows its
 * client down. The client's time limit therefore counts only while `read` waits for the client, and replaces Node's.
 */
export class StreamedBody {
  private readonly message: IncomingMessage;
  private readonly reply: FastifyReply;
  private receivedBytes = 0;
  private problem: LockstepError | undefined;
  /** Ends the wait of `read`. */
  private wake: (() => void) | undefined;

  /** @param timeLeftMs how long `read` may wait for the client in all */
  constructor(private readonly request: FastifyRequest, reply: FastifyReply, private readonly maxBytes: number, private timeLeftMs = TIMEOUT_MS) {
    const { raw } = request;
    this.message = raw;
    this.reply = reply;
    beingRead.set(raw.socket, this);
    for (const event of ['readable', 'end', 'close', 'error']) raw.on(event, () => this.wake?.());
  }

  /**
   * The next bytes, as soon as there are any; undefined at the end.
   * @throws LockstepError payload_too_large; request_timeout; invalid_request if the body breaks off; unauthenticated or
   * forbidden if the request would be refused by now, such as with a key that was revoked
   */
  async read(): Promise<Buffer | undefined> {
    for (;;) {
      // What arrived before a connection's error counts.
      const bytes = this.problem?.code === 'payload_too_large' ? null : (this.message.read() as Buffer | null);
      if (bytes !== null) {
        this.receivedBytes += bytes.length;
        if (this.receivedBytes > this.maxBytes) this.problem = tooLarge(this.maxBytes);
        else {
          // A client may send for half a minute, and its key may be revoked meanwhile.
          await this.request.authenticate?.();
          return bytes;
        }
      } else if (this.problem !== undefined) throw this.problem;
      else if (this.message.readableEnded) return undefined;
      else if (this.message.destroyed) this.problem = brokenOff();
      else await this.change();
    }
  }

  interrupt({ code }: NodeJS.ErrnoException): void {
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return;
    this.problem ??= brokenOff();
    this.wake?.();
  }

  /**
   * Ends the reading. The rest of the body is discarded; the connection closes with the answer if the rest has no known end.
   */
  close(): void {
    // A client may have sent the next request already.
    if (beingRead.get(this.message.socket) === this) beingRead.delete(this.message.socket);
    this.message.removeAllListeners('readable');
    if (this.message.readableEnded) return;
    if (this.problem !== undefined || this.message.headers['content-length'] === undefined) this.reply.header('connection', 'close');
    this.message.resume();
  }

  private async change(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waitingSinceMs = performance.now();
    let waiting = true;
    const end = (): void => {
      if (waiting) this.problem ??= new LockstepError('request_timeout', 'The body did not arrive in time; send it again without pauses');
      resolve();
    };
    // If this process was too busy to read until now, data that has already arrived still counts.
    const timer = setTimeout(() => setImmediate(end), this.timeLeftMs);
    this.wake = () => {
      waiting = false;
      resolve();
    };
    await promise;
    clearTimeout(timer);
    this.timeLeftMs -= performance.now() - waitingSinceMs;
  }
}

function brokenOff(): LockstepError {
  return new LockstepError('invalid_request', 'The body breaks off, or is not framed as HTTP/1.1 requires');
}
