import { type DashboardOptions } from './dashboard.js';
import { figure, graph, percentiles, rate } from './panels.js';

const REQUESTS = 'lockstep_idempotency_requests_total';

export const IDEMPOTENCY_PROXY: DashboardOptions = {
  uid: 'lockstep-idempotency-proxy',
  title: 'Lockstep: Idempotency proxy',
  description: 'Requests with an idempotency key: how many are repeats, how long their check takes, and whether it works.',
  rows: [
    {
      title: 'Now',
      panels: [
        figure({ title: 'Requests', description: 'With a key, per second.', unit: 'reqps', queries: [[rate(REQUESTS), 'requests']] }),
        figure({ title: 'Hits', description: 'Share that is answered from the store.', unit: 'percentunit', queries: [[`${rate(`${REQUESTS}{outcome="replay"}`)} / ${rate(REQUESTS)}`, 'replays']] }),
        figure({ title: 'Failed checks', description: 'In the time shown. Such requests are refused, unless their route fails open.', unit: 'short', queries: [['sum(increase(lockstep_idempotency_check_failures_total[$__range]))', 'failures']] }, { redFrom: 1 }),
        figure({ title: 'Unprotected', description: 'Requests carried out without a check in the time shown, because their route fails open.', unit: 'short', queries: [[`sum(increase(${REQUESTS}{outcome="unprotected"}[$__range]))`, 'requests']] }, { redFrom: 1 }),
        figure({ title: 'Indeterminate', description: 'Requests whose effect is unknown, in the time shown.', unit: 'short', queries: [['sum(increase(lockstep_idempotency_settled_total{state="indeterminate"}[$__range]))', 'requests']] }, { redFrom: 1 }),
        figure({ title: 'Held', description: 'Requests that are being carried out.', unit: 'short', queries: [['sum(lockstep_idempotency_held_requests)', 'requests']] }),
      ],
    },
    {
      title: 'Requests',
      panels: [
        graph({ title: 'Outcomes', description: 'claimed: carried out; replay: answered from the store; in_flight: a repeat while the first one runs; mismatch: the key was used with another request.', unit: 'reqps', queries: [[rate(REQUESTS, 'outcome'), '{{outcome}}']] }, { isStacked: true }),
        graph({ title: 'Repeats by operation', description: 'Share of replays and of repeats in progress.', unit: 'percentunit', queries: [[`${rate(`${REQUESTS}{outcome=~"replay|in_flight"}`, 'operation')} / (${rate(REQUESTS, 'operation')} > 0)`, '{{operation}}']] }),
        graph({ title: 'Ends', description: 'By final state.', unit: 'reqps', queries: [[rate('lockstep_idempotency_settled_total', 'state'), '{{state}}']] }),
      ],
    },
    {
      title: 'Checks',
      panels: [
        graph({ title: 'Duration of a check', description: 'Until a key is claimed or found, as a request sees it.', unit: 's', queries: percentiles('lockstep_idempotency_check_duration_seconds') }),
        graph({ title: 'Failures', description: 'By reason.', unit: 'reqps', queries: [[rate('lockstep_idempotency_check_failures_total', 'reason'), '{{reason}}']] }),
        graph({ title: 'Contention', description: 'Repeats in progress, takeovers of expired leases, responses that came too late, and conflicts in Postgres.', unit: 'cps', queries: [[rate(`${REQUESTS}{outcome="in_flight"}`), 'in progress'], [rate('lockstep_idempotency_takeovers_total'), 'takeovers'], [rate('lockstep_idempotency_superseded_total'), 'superseded'], [rate('lockstep_postgres_conflicts_total{statement="idempotency"}'), 'conflicts']] }),
      ],
    },
    {
      title: 'Store',
      panels: [
        graph({ title: 'Statements', description: '95th percentile, by statement. One serves a batch.', unit: 's', queries: [[`histogram_quantile(0.95, ${rate('lockstep_idempotency_store_duration_seconds_bucket', 'le, statement')})`, '{{statement}}']] }),
        graph({ title: 'Stored requests', description: 'Rows, counted each minute.', unit: 'short', queries: [['max(lockstep_idempotency_rows)', 'requests']] }),
        graph({ title: 'Size', description: 'With indexes.', unit: 'bytes', queries: [['max(lockstep_idempotency_bytes)', 'bytes']] }),
      ],
    },
  ],
};
