// Shared by the load tests: an event, its request, and the check of its answer.
import http from 'k6/http';

const EVENTS_URL = `${__ENV.LOCKSTEP_URL || 'http://127.0.0.1:8080'}/v1/events`;
if (!__ENV.LOCKSTEP_KEY) throw new Error('LOCKSTEP_KEY is not set: an API key with the scope "ingest", or the admin key');
/** Differs for each run, because the gateway remembers the keys of earlier runs. */
const RUN = __ENV.RUN || String(Date.now());

export function newEvent(key, entity) {
  return {
    key: `${RUN}-${key}`,
    entity,
    body: JSON.stringify({ type: 'order.created', entity, data: { amount: 1299, currency: 'usd', status: 'paid' } }),
  };
}

/** A request for http.batch. @param {number} [status] the expected status */
export function requestOf({ key, body }, status = 202) {
  return {
    method: 'POST',
    url: EVENTS_URL,
    body,
    params: {
      headers: { Authorization: `Bearer ${__ENV.LOCKSTEP_KEY}`, 'Content-Type': 'application/json', 'Idempotency-Key': key },
      // Any other status counts as http_req_failed.
      responseCallback: http.expectedStatuses(status),
    },
  };
}

export function post(event, status) {
  const { url, body, params } = requestOf(event, status);
  return http.post(url, body, params);
}

export function acceptedWith(response, { entity }) {
  return response.status === 202 && response.json('status') === 'accepted' && response.json('entity') === entity && /^evt_[0-9a-f]{32}$/.test(response.json('id'));
}
