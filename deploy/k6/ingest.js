// Posts events with unique keys and checks each answer. README.md describes the loads.
//
//   k6 run -e LOCKSTEP_KEY=… [-e LOCKSTEP_URL=http://127.0.0.1:8080] [-e LOAD=smoke|ramp|spike] deploy/k6/ingest.js
import { check } from 'k6';
import exec from 'k6/execution';
import { acceptedWith, newEvent, post } from './lockstep.js';

const loads = {
  // A short check with 5 users.
  smoke: { executor: 'constant-vus', vus: 5, duration: '30s' },
  // Up to 50 users, and back to none.
  ramp: {
    executor: 'ramping-vus',
    startVUs: 1,
    stages: [
      { duration: '1m', target: 50 },
      { duration: '2m', target: 50 },
      { duration: '30s', target: 0 },
    ],
  },
  // From 5 to 100 users within seconds, and back.
  spike: {
    executor: 'ramping-vus',
    startVUs: 5,
    stages: [
      { duration: '30s', target: 5 },
      { duration: '5s', target: 100 },
      { duration: '1m', target: 100 },
      { duration: '5s', target: 5 },
      { duration: '30s', target: 5 },
    ],
  },
};
const load = __ENV.LOAD || 'smoke';
if (loads[load] === undefined) throw new Error(`LOAD=${load} is not one of ${Object.keys(loads).join(', ')}`);

export const options = {
  scenarios: { [load]: loads[load] },
  thresholds: {
    checks: ['rate==1'],
    http_req_failed: ['rate==0'],
  },
};

export default function () {
  const { idInTest } = exec.vu;
  const event = newEvent(`k6-${load}-${idInTest}-${exec.vu.iterationInScenario}`, `acct_${idInTest}`);
  const response = post(event);
  check(response, { 'accepted as posted': () => acceptedWith(response, event) });
}
