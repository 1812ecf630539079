import { createServer, type Server } from 'node:http';

export interface HttpServerLimits {
  /** A request that takes longer to arrive is answered with 408, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** A connection without a byte for this long is closed while an answer is made or read, in milliseconds. */
  readonly longestSilenceMs: number;
}

/** The headers fit into a few packets. */
const HEADERS_TIMEOUT_MS = 5_000;
/** Above the idle timeout of common load balancers (60 s); otherwise they could reuse a connection that we close. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** A server with limits on all that a client could hold. */
export function createHttpServer({ requestTimeoutMs, longestSilenceMs }: HttpServerLimits): Server {
  const server = createServer({
    // Cuts off a client that sends its request byte by byte ("slow loris"). Node checks every `connectionsCheckingInterval`,
    // 30 s by default.
    requestTimeout: requestTimeoutMs,
    headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: 16_384,
    requireHostHeader: false,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  });
  // Cuts off a client that does not read its answer.
  server.setTimeout(longestSilenceMs);
  return server;
}
