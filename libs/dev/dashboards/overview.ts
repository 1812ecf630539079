import { type DashboardOptions } from './dashboard.js';
import { figure, graph, percentiles, rate } from './panels.js';

const INGEST = 'method="POST",route=~"/v1/events|/v1/events/batch|/in/:source|/stripe/webhook|/webhooks"';
const REQUESTS = 'lockstep_http_request_duration_seconds_count';

/** Of the requests that bring events, over a range. */
const acceptErrors = (range: string): string => `(
  (sum(rate(${REQUESTS}{${INGEST},status=~"5.."}[${range}])) or vector(0)) + sum(rate(lockstep_requests_shed_total[${range}]))
) / (
  sum(rate(${REQUESTS}{${INGEST}}[${range}])) + sum(rate(lockstep_requests_shed_total[${range}]))
)`;

/** Of the deliveries that ended, over a range. Prometheus 3 stores le="60" as le="60.0". */
const deliverErrors = (range: string): string => `1 - sum(rate(lockstep_accepted_to_delivered_seconds_bucket{le=~"60|60\\\\.0"}[${range}])) / (
  sum(rate(lockstep_accepted_to_delivered_seconds_count[${range}])) + sum(rate(lockstep_deliveries_total{outcome="dead"}[${range}]))
)`;

export const OVERVIEW: DashboardOptions = {
  uid: 'lockstep-overview',
  title: 'Lockstep: Overview',
  description: 'Whether Lockstep does its work: traffic, errors, latency, what waits, and what became of every event.',
  rows: [
    {
      title: 'Now',
      panels: [
        figure({ title: 'Processes', description: 'Gateways, dispatchers and proxies that answer Prometheus.', unit: 'short', queries: [['sum(up{job=~"lockstep-(gateway|dispatcher|proxy)"})', 'up']] }),
        figure({ title: 'Accepted', description: 'Events that were committed, per second.', unit: 'cps', queries: [[rate('lockstep_events_accepted_total'), 'accepted']] }),
        figure({ title: 'Delivered', description: 'Deliveries that ended with a 2xx, per second.', unit: 'cps', queries: [[rate('lockstep_deliveries_total{outcome="delivered"}'), 'delivered']] }),
        figure({ title: 'Oldest event', description: 'Age of the oldest event that an endpoint has not got. Paused and failing endpoints count too.', unit: 's', queries: [['max(lockstep_oldest_pending_age_seconds)', 'age']] }, 900),
        figure({ title: 'Shards without owner', description: 'Their events wait. For up to 15 s after a dispatcher died that is usual.', unit: 'short', queries: [['max(lockstep_shards) - sum(lockstep_owned_shards)', 'shards']] }, 1),
        figure({ title: 'Dead letters', description: 'Deliveries that were given up in the time shown.', unit: 'short', queries: [['sum(increase(lockstep_dead_letters_total[$__range]))', 'dead']] }, 1),
      ],
    },
    {
      title: 'Traffic, errors and latency',
      panels: [
        graph({ title: 'Events', description: 'Accepted and admitted events, and ended deliveries, per second. In a system that keeps up, admitted is accepted.', unit: 'cps', queries: [[rate('lockstep_events_accepted_total'), 'accepted'], [rate('lockstep_events_admitted_total'), 'admitted'], [rate('lockstep_deliveries_total{outcome="delivered"}'), 'delivered']] }),
        graph({ title: 'Refused requests', description: 'Requests answered with an error, by problem code. overloaded: shed, because more came than could be committed.', unit: 'reqps', queries: [[`${rate('lockstep_requests_rejected_total', 'code')} > 0 or on() vector(0)`, '{{code}}']] }, { isStacked: true }),
        graph({ title: 'Failed attempts', description: 'Requests to endpoints without a 2xx, by response class; none: no response.', unit: 'reqps', queries: [[rate('lockstep_attempts_total{response!="2xx"}', 'response'), '{{response}}']] }, { isStacked: true }),
        graph({ title: 'Accept latency', description: 'Time to answer POST /v1/events.', unit: 's', queries: percentilesOfPosts() }),
        graph({ title: 'Accepted to delivered', description: 'From acceptance to the end of the delivery, retries included.', unit: 's', queries: percentiles('lockstep_accepted_to_delivered_seconds') }),
        graph({ title: 'CPU', description: 'Cores that each process uses. A process of Lockstep uses at most little more than one.', unit: 'short', queries: [['rate(lockstep_process_cpu_seconds_total[$__rate_interval])', '{{job}} {{instance}}']] }),
      ],
    },
    {
      title: 'Ledger',
      panels: [
        graph({ title: 'Waiting for Kafka', description: 'Accepted events in the outbox. Usually close to 0.', unit: 'short', queries: [['max(lockstep_outbox_depth)', 'accepted events'], ['sum(lockstep_dispatch_outbox_depth)', 'retry tokens, dead letters and nudges']] }),
        graph({ title: 'Waiting for admission', description: 'Records of the events topic that are not admitted.', unit: 'short', queries: [['sum(lockstep_shard_lag_records)', 'records']] }),
        graph({ title: 'Ended deliveries', description: 'By outcome, in the time shown.', unit: 'short', queries: [['sum by (outcome) (increase(lockstep_deliveries_total[$__rate_interval]))', '{{outcome}}']] }, { isStacked: true }),
      ],
    },
    {
      title: 'Objectives',
      panels: [
        graph({ title: 'Accept: errors', description: 'Share of the requests that bring events and are answered with a 5xx. The objective is at most 0.1 %.', unit: 'percentunit', queries: [[acceptErrors('$__rate_interval'), 'errors']] }),
        graph({ title: 'Deliver: errors', description: 'Share of the ended deliveries that took more than a minute, or are dead. The objective is at most 1 %.', unit: 'percentunit', queries: [[deliverErrors('$__rate_interval'), 'errors']] }),
        graph({ title: 'Error budget left', description: 'Of the time shown, which should be 30 days. Below 0 the objective was missed.', unit: 'percentunit', queries: [[`1 - (${acceptErrors('$__range')}) / 0.001`, 'accept'], [`1 - (${deliverErrors('$__range')}) / 0.01`, 'deliver']] }, { mayBeNegative: true }),
      ],
    },
  ],
};

function percentilesOfPosts(): [string, string][] {
  const buckets = rate('lockstep_http_request_duration_seconds_bucket{method="POST",route="/v1/events"}', 'le');
  return [[`histogram_quantile(0.5, ${buckets})`, 'half'], [`histogram_quantile(0.95, ${buckets})`, '95 %'], [`histogram_quantile(0.99, ${buckets})`, '99 %']];
}
