import { type DashboardOptions } from './dashboard.js';
import { figure, graph, percentiles, rate } from './panels.js';

/** The part of an error budget that is left after the time shown. The rules of deploy/prometheus record both rates. */
function budgetLeft(errors: string, total: string, objective: number): string {
  return `1 - sum_over_time(${errors}[$__range]) / sum_over_time(${total}[$__range]) / ${objective}`;
}

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
        figure({ title: 'Oldest event', description: 'Age of the oldest event that an endpoint has not received. Paused and failing endpoints count too.', unit: 's', queries: [['max(lockstep_oldest_pending_age_seconds)', 'age']] }, { redFrom: 900 }),
        figure({ title: 'Shards without owner', description: 'Their events wait. For up to 15 s after a dispatcher died that is usual.', unit: 'short', queries: [['max(lockstep_shards) - (sum(lockstep_owned_shards) or vector(0))', 'shards']] }, { redFrom: 1 }),
        figure({ title: 'Dead letters', description: 'Deliveries that were given up in the time shown.', unit: 'short', queries: [['sum(increase(lockstep_dead_letters_total[$__range]))', 'dead']] }, { redFrom: 1 }),
      ],
    },
    {
      title: 'Traffic, errors and latency',
      panels: [
        graph({ title: 'Events', description: 'Accepted and admitted events, and ended deliveries, per second. In a system that keeps up, admitted is accepted.', unit: 'cps', queries: [[rate('lockstep_events_accepted_total'), 'accepted'], [rate('lockstep_events_admitted_total'), 'admitted'], [rate('lockstep_deliveries_total{outcome="delivered"}'), 'delivered']] }),
        graph({ title: 'Refused requests', description: 'Requests answered with an error, by problem code. overloaded: shed, because more came than could be committed.', unit: 'reqps', queries: [[`${rate('lockstep_requests_rejected_total', 'code')} > 0 or on() vector(0)`, '{{code}}']] }, { isStacked: true }),
        graph({ title: 'Failed attempts', description: 'Requests to endpoints without a 2xx, by response class; none: no response.', unit: 'reqps', queries: [[rate('lockstep_attempts_total{response!="2xx"}', 'response'), '{{response}}']] }, { isStacked: true }),
        graph({ title: 'Accept latency', description: 'Time to answer POST /v1/events.', unit: 's', queries: percentiles('lockstep_http_request_duration_seconds', '{method="POST",route="/v1/events"}') }),
        graph({ title: 'Accepted to delivered', description: 'From acceptance to the end of the delivery, retries included.', unit: 's', queries: percentiles('lockstep_accepted_to_delivered_seconds') }),
        graph({ title: 'CPU', description: 'Cores that each process uses. A process of Lockstep uses little more than one at most.', unit: 'short', queries: [['rate(lockstep_process_cpu_seconds_total[$__rate_interval])', '{{job}} {{instance}}']] }),
      ],
    },
    {
      title: 'Ledger',
      panels: [
        graph({ title: 'Waiting for Kafka', description: 'Accepted events in the outbox, of which 10,000 a shard are counted. Usually close to 0.', unit: 'short', queries: [['max(lockstep_outbox_depth)', 'accepted events'], ['sum(lockstep_dispatch_outbox_depth)', 'retry tokens, dead letters and nudges']] }),
        graph({ title: 'Waiting for admission', description: 'Records of the events topic that are not admitted.', unit: 'short', queries: [['sum(lockstep_shard_lag_records)', 'records']] }),
        graph({ title: 'Ended deliveries', description: 'By outcome, in the time shown.', unit: 'short', queries: [['sum by (outcome) (increase(lockstep_deliveries_total[$__rate_interval]))', '{{outcome}}']] }, { isStacked: true }),
      ],
    },
    {
      title: 'Objectives',
      panels: [
        graph({ title: 'Accept: errors', description: 'Share of the requests that bring events and are answered with a 5xx, over 5 minutes. The objective is at most 0.1 %.', unit: 'percentunit', queries: [['lockstep:accept_errors:ratio_rate5m', 'errors']] }),
        graph({ title: 'Deliver: errors', description: 'Share of the ended deliveries that took more than a minute, or are dead, over 5 minutes. The objective is at most 1 %.', unit: 'percentunit', queries: [['lockstep:deliver_errors:ratio_rate5m', 'errors']] }),
        figure({ title: 'Error budget: accept', description: 'What is left of it. For the selected time range; select 30 days. Below 0 the objective was missed.', unit: 'percentunit', queries: [[budgetLeft('lockstep:accept_errors:rate5m', 'lockstep:accept_requests:rate5m', 0.001), 'left']] }, { greenFrom: 0 }),
        figure({ title: 'Error budget: deliver', description: 'What is left of it. For the selected time range; select 30 days. Below 0 the objective was missed.', unit: 'percentunit', queries: [[budgetLeft('lockstep:deliver_errors:rate5m', 'lockstep:deliveries_ended:rate5m', 0.01), 'left']] }, { greenFrom: 0 }),
      ],
    },
  ],
};
