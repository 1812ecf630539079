// Posts every event several times, at once and again later: all answers must be those of one event.
//
//   k6 run -e LOCKSTEP_KEY=… [-e LOCKSTEP_URL=http://127.0.0.1:8080] deploy/k6/duplicates.js
import { check } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { acceptedWith, newEvent, post, requestOf } from './lockstep.js';

/** Of each event in one go, on connections of their own: k6 has at most 6 to a host. */
const AT_ONCE = 4;

export const options = {
  scenarios: { duplicates: { executor: 'constant-vus', vus: 20, duration: '1m' } },
  thresholds: {
    checks: ['rate==1'],
    http_req_failed: ['rate==0'],
  },
};

export default function () {
  const { idInTest } = exec.vu;
  const event = newEvent(`k6-twin-${idInTest}-${exec.vu.iterationInScenario}`, `acct_${idInTest}`);
  const twins = http.batch(Array.from({ length: AT_ONCE }, () => requestOf(event)));
  const later = post(event);
  check(twins, {
    'all accepted': () => twins.every((twin) => acceptedWith(twin, event)),
    'one event': () => new Set(twins.map((twin) => twin.json('id'))).size === 1,
    'at most one is the first': () => twins.filter((twin) => !isReplay(twin)).length <= 1,
  });
  check(later, {
    'the same result': () => later.status === 202 && later.body === twins[0].body,
    'marked as a replay': () => isReplay(later),
  });
  // The same key with another body is refused, and no less so under load.
  const other = post({ ...event, body: JSON.stringify({ ...JSON.parse(event.body), data: { amount: 2 } }) }, 422);
  check(other, { 'another body is refused': () => other.status === 422 });
}

function isReplay(response) {
  return response.headers['Idempotent-Replayed'] === 'true';
}
