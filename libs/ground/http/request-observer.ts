import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '#ground/telemetry/logger';
import { requestDuration } from './http.metrics.js';

/** Requests that take longer are logged. */
const SLOW_MS = 1_000;
/** W3C Trace Context: of `traceparent`, the trace id. */
const TRACE_ID = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

/**
 * Measures every request. Of requests that ingest or read it logs only slow ones, because a line for each costs more than the
 * request; `debug` logs all. Each management action has a line at `info`. The problem filter logs failures.
 */
export function observeRequests(instance: FastifyInstance, logger: Logger): void {
  const logsAll = logger.isLevelEnabled('debug');
  instance.addHook('onResponse', (request, reply, done) => {
    const elapsedMs = reply.elapsedTime;
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    requestDuration.observe({ method: request.method, route, status: reply.statusCode }, elapsedMs / 1_000);
    if (isAction(request, reply)) logger.info({ ...requestFields(request, reply), ...actionFields(request, route) }, 'Management action');
    else if (elapsedMs > SLOW_MS) logger.warn(requestFields(request, reply), 'Slow request');
    else if (logsAll) logger.debug(requestFields(request, reply), 'Request');
    done();
  });
}

/** Its URL for the log. On public routes without the query, in which providers of webhooks have their data and tokens. */
export function loggedUrl({ url, routeOptions }: FastifyRequest): string {
  return routeOptions.config?.access === 'public' ? (url.split('?', 1)[0] ?? '') : url;
}

/** Whether a principal has changed something, or had something done. */
function isAction({ method, routeOptions }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  const access = routeOptions.config?.access;
  return (access === 'manage' || access === 'admin') && method !== 'GET' && method !== 'HEAD' && statusCode < 400;
}

function requestFields(request: FastifyRequest, reply: FastifyReply): Record<string, unknown> {
  const traceId = TRACE_ID.exec(String(request.headers['traceparent'] ?? ''))?.[1];
  return {
    ...(traceId === undefined ? {} : { trace_id: traceId }),
    requestId: request.id, method: request.method, url: loggedUrl(request), status: reply.statusCode, elapsedMs: Math.round(reply.elapsedTime),
  };
}

/** Never the body, in which secrets can be. */
function actionFields({ params, principal: { tenant, actor } }: FastifyRequest, route: string): Record<string, unknown> {
  return { tenant, actor: actor.id, actorName: actor.name, route, params };
}
