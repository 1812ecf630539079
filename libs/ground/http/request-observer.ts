import type { FastifyInstance } from 'fastify';
import type { Logger } from '#ground/telemetry/logger';
import { requestDuration } from './http.metrics.js';

/** Above it an answer is worth a line of its own, in milliseconds. */
const SLOW_MS = 1_000;

/**
 * Measures every request, and logs the slow ones; a line for each would cost more than the request. The others are
 * logged at `debug`, failures by the problem filter.
 */
export function observeRequests(instance: FastifyInstance, logger: Logger): void {
  const logsAll = logger.isLevelEnabled('debug');
  instance.addHook('onResponse', (request, reply, done) => {
    const elapsedMs = reply.elapsedTime;
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    requestDuration.observe({ method: request.method, route, status: reply.statusCode }, elapsedMs / 1_000);
    if (logsAll || elapsedMs > SLOW_MS) {
      logger[elapsedMs > SLOW_MS ? 'warn' : 'debug'](
        { method: request.method, url: request.url, status: reply.statusCode, elapsedMs: Math.round(elapsedMs) },
        elapsedMs > SLOW_MS ? 'A request was slow' : 'A request was answered',
      );
    }
    done();
  });
}
