import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { LockstepError } from '#domain/problem';
import type { Logger } from '#ground/telemetry/logger';
import { answerConnectionError } from './connection-errors.js';
import { createHttpServer } from './http-server.js';

/** Where a second port serves health and metrics. */
export interface ManagementPort {
  readonly host: string;
  readonly port: number;
}

const METRICS_ROUTE = '/metrics';
/** Probes and scrapers send small requests, and have given up long before the second limit. */
const LIMITS = { requestTimeoutMs: 5_000, longestSilenceMs: 60_000 };

/**
 * Serves health and metrics on a port of their own, and nothing else there. The app's port keeps health, for load
 * balancers that check the port they send requests to, and loses metrics. Load shedding does not apply to this port.
 *
 * The port is bound before the app's, so an app whose management port is taken does not start. It closes after the last
 * request in flight.
 */
export function serveManagement(instance: FastifyInstance, { host, port }: ManagementPort, logger: Logger): void {
  const sockets = new WeakSet<Socket>();
  const server = createHttpServer(LIMITS);
  server.on('request', (request, response) => instance.routing(request, response));
  server.on('clientError', answerConnectionError);
  server.on('connection', (socket) => sockets.add(socket));
  instance.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? '';
    const isServed = sockets.has(request.raw.socket) ? route === METRICS_ROUTE || route.startsWith('/health/') : route !== METRICS_ROUTE;
    done(isServed ? undefined : new LockstepError('not_found', 'There is nothing here: this address has one port for health and metrics, and one for everything else'));
  });
  instance.addHook('onReady', async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen({ host, port }, resolve);
    await promise.catch((cause: Error) => {
      throw new Error(`MANAGEMENT_PORT cannot be used: ${cause.message}`, { cause });
    });
    server.on('error', (err) => logger.error({ err }, 'The management port cannot accept a connection'));
  });
  instance.addHook('onClose', () => {
    server.close();
    server.closeAllConnections();
  });
}
