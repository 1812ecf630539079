import type { FastifyInstance } from 'fastify';
import type { Logger } from '#ground/telemetry/logger';
import { requestDuration } from './http.metrics.js';

/** Requests that take longer are logged. */
const SLOW_MS = 1_000;

/**
 * Measures every request. Logs only slow ones, because a line for each costs more than the request; `debug` logs all.
 * The problem filter logs failures.
 */
export function observeRequests(instance: FastifyInstance, logger: Logger): void {
  const logsAll = logger.isLevelEnabled('debug');
  instance.addHook('onResponse', (request, reply, done) => {
    const elapsedMs = reply.elapsedTime;
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    requestDuration.observe({ method: request.method, route, status: reply.statusCode }, elapsedMs / 1_000);
    if (logsAll || elapsedMs > SLOW_MS) {
      logger[elapsedMs > SLOW_MS ? 'warn' : 'debug'](
        { requestId: request.id, method: request.method, url: request.url, status: reply.statusCode, elapsedMs: Math.round(elapsedMs) },
        elapsedMs > SLOW_MS ? 'Slow request' : 'Request',
      );
    }
    done();
  });
}
