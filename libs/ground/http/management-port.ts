import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { LockstepError } from '#domain/problem';

/** Where a second port serves health and metrics. */
export interface ManagementPort {
  readonly host: string;
  readonly port: number;
}

const METRICS_ROUTE = '/metrics';
/** Probes and scrapers send small requests, and keep their connections for the next one. */
const REQUEST_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/**
 * Serves health and metrics on a port of their own, and nothing else there. The app's port keeps health, for load
 * balancers that check the port they send requests to, and loses metrics. Load shedding does not apply to this port.
 *
 * The port is bound before the app's, so an app whose management port is taken does not start. It closes after the last
 * request in flight.
 */
export function serveManagement(instance: FastifyInstance, { host, port }: ManagementPort): void {
  const sockets = new WeakSet<Socket>();
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS, connectionsCheckingInterval: 1_000 },
    (request, response) => instance.routing(request, response),
  );
  server.on('connection', (socket) => sockets.add(socket));
  instance.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? '';
    const isServed = sockets.has(request.raw.socket) ? route === METRICS_ROUTE || route.startsWith('/health/') : route !== METRICS_ROUTE;
    done(isServed ? undefined : new LockstepError('not_found', 'There is nothing here: this address has one port for health and metrics, and one for everything else'));
  });
  instance.addHook('onReady', async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', (error) => reject(new Error(`MANAGEMENT_PORT cannot be used: ${error.message}`, { cause: error })));
    server.listen({ host, port }, resolve);
    await promise;
  });
  instance.addHook('onClose', () => {
    server.close();
    server.closeAllConnections();
  });
}
