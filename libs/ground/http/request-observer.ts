import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '#ground/telemetry/logger';
import { requestDuration, startFailures } from './http.metrics.js';

/** Requests that take longer are logged. */
const SLOW_MS = 1_000;
/** W3C Trace Context: of `traceparent`, the trace id. */
const TRACE_ID = /^[0-9a-f]{2}-([0-9a-f]{32})-/;

/**
 * Measures every request. Of requests that ingest or read it logs only slow ones, because a line for each costs more than the
 * request; `debug` logs all. Each management action has a line, at `info` or, if it was slow, at `warn`. The problem filter logs
 * failures.
 */
export function observeRequests(instance: FastifyInstance, logger: Logger): void {
  const logsAll = logger.isLevelEnabled('debug');
  instance.addHook('onRoute', ({ method, url, config }) => {
    if (config?.access === 'ingest' && config.isRefused !== true) startFailures(method, url);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    const elapsedMs = reply.elapsedTime;
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    requestDuration.observe({ method: request.method, route, status: reply.statusCode }, elapsedMs / 1_000);
    const isSlow = elapsedMs > SLOW_MS;
    if (isAction(request, reply)) logger[isSlow ? 'warn' : 'info']({ ...requestFields(request), ...answerFields(reply), ...actionFields(request, route) }, 'Management action');
    else if (isSlow) logger.warn({ ...requestFields(request), ...answerFields(reply) }, 'Slow request');
    else if (logsAll) logger.debug({ ...requestFields(request), ...answerFields(reply) }, 'Request');
    done();
  });
}

/** What the log says of a request. Of public routes without the query, in which providers of webhooks have data and tokens. */
export function requestFields(request: FastifyRequest): Record<string, unknown> {
  const { id, method, url, headers, routeOptions } = request;
  const traceId = TRACE_ID.exec(String(headers['traceparent'] ?? ''))?.[1];
  return {
    ...(traceId === undefined ? {} : { trace_id: traceId }),
    requestId: id, method, url: routeOptions.config?.access === 'public' ? url.split('?', 1)[0] : url,
  };
}

/** Whether a principal has changed something, or had something done. */
function isAction({ method, routeOptions }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  const access = routeOptions.config?.access;
  return (access === 'manage' || access === 'admin') && method !== 'GET' && method !== 'HEAD' && statusCode < 400;
}

function answerFields({ statusCode, elapsedTime }: FastifyReply): Record<string, unknown> {
  return { status: statusCode, elapsedMs: Math.round(elapsedTime) };
}

/** Never the body, in which secrets can be. */
function actionFields({ params, principal: { tenant, actor } }: FastifyRequest, route: string): Record<string, unknown> {
  return { tenant, actor: actor.id, actorName: actor.name, route, params };
}
