// Posts every event several times at once, and once more later. All answers must be for one event.
//
//   k6 run -e LOCKSTEP_KEY=… [-e LOCKSTEP_URL=http://127.0.0.1:8080] deploy/k6/duplicates.js
import { check } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { acceptedWith, newEvent, post, requestOf } from './lockstep.js';

/** Concurrent posts of an event, each on its own connection; k6 opens at most 6 to a host. */
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
  const event = newEvent(`k6-copy-${idInTest}-${exec.vu.iterationInScenario}`, `acct_${idInTest}`);
  const copies = http.batch(Array.from({ length: AT_ONCE }, () => requestOf(event)));
  const later = post(event);
  check(copies, {
    'all accepted': () => copies.every((copy) => acceptedWith(copy, event)),
    'one event': () => new Set(copies.map((copy) => copy.json('id'))).size === 1,
    'at most one is not a replay': () => copies.filter((copy) => !isReplay(copy)).length <= 1,
  });
  check(later, {
    'the same answer': () => later.status === 202 && later.body === copies[0].body,
    'marked as a replay': () => isReplay(later),
  });
  // The same key with another body is rejected.
  const other = post({ ...event, body: JSON.stringify({ ...JSON.parse(event.body), data: { amount: 2 } }) }, 422);
  check(other, { 'another body is rejected': () => other.status === 422 });
}

function isReplay(response) {
  return response.headers['Idempotent-Replayed'] === 'true';
}
