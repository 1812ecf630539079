import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

export const REQUEST_ID_HEADER = 'x-request-id';

const ID_BYTES = 12;
const IDS_DRAWN = 256;

/**
 * Makes the ids of requests: 12 random bytes in hex, so that they are unique over all processes, and tell nobody how many
 * requests others make. They are drawn for many ids at once, which takes a tenth of a microsecond an id. A client's own
 * `x-request-id` is ignored, because anybody could claim another's id.
 */
export function requestIds(): () => string {
  let drawn = '';
  let used = 0;
  return () => {
    if (used === drawn.length) {
      drawn = randomBytes(IDS_DRAWN * ID_BYTES).toString('hex');
      used = 0;
    }
    return `req_${drawn.slice(used, (used += 2 * ID_BYTES))}`;
  };
}

/**
 * Adds `x-request-id` to the answers of routes that require a key, except those of ingest, where a header would cost more
 * than it says. Problem documents have it on every route. Call it before the first route is registered.
 */
export function answerWithRequestIds(instance: FastifyInstance): void {
  instance.addHook('onRoute', (route) => {
    const access = route.config?.access;
    if (access === undefined || access === 'public' || access === 'ingest') return;
    const others = route.onRequest === undefined ? [] : [route.onRequest].flat();
    route.onRequest = [...others, (request, reply, done) => {
      reply.header(REQUEST_ID_HEADER, request.id);
      done();
    }];
  });
}
