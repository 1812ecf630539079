import { type DashboardOptions } from './dashboard.js';
import { figure, graph, percentiles, rate } from './panels.js';

export const ENDPOINTS: DashboardOptions = {
  uid: 'lockstep-endpoints',
  title: 'Lockstep: Endpoints',
  description: 'All endpoints together. GET /v1/endpoints/{id}/stats has a single one: there may be too many for labels.',
  rows: [
    {
      title: 'Now',
      panels: [
        figure({ title: 'Success', description: 'Share of the attempts with a 2xx.', unit: 'percentunit', queries: [[`${rate('lockstep_attempts_total{response="2xx"}')} / ${rate('lockstep_attempts_total')}`, '2xx']] }),
        figure({ title: 'Open breakers', description: 'Endpoints that fail: they get one request a minute.', unit: 'short', queries: [['max(lockstep_breakers{state="open"})', 'open']] }, { redFrom: 1 }),
        figure({ title: 'Half-open breakers', description: 'Endpoints that are being probed.', unit: 'short', queries: [['max(lockstep_breakers{state="half-open"})', 'half-open']] }),
        figure({ title: 'Blocked lanes', description: 'Their endpoint is paused or disabled.', unit: 'short', queries: [['sum(lockstep_lanes{state="blocked"})', 'lanes']] }),
        figure({ title: 'Stopped lanes', description: 'Paused by an operator, or halted by a dead letter.', unit: 'short', queries: [['sum(lockstep_lanes{state="stopped"})', 'lanes']] }),
        figure({ title: 'Catch-ups', description: 'Endpoints that still get events from before their creation, once for each shard.', unit: 'short', queries: [['sum(lockstep_catch_ups_running)', 'running']] }),
      ],
    },
    {
      title: 'Attempts',
      panels: [
        graph({ title: 'Attempts', description: 'By response class; none: no response.', unit: 'reqps', queries: [[rate('lockstep_attempts_total', 'response'), '{{response}}']] }, { isStacked: true }),
        graph({ title: 'Duration', description: 'Of an HTTP exchange.', unit: 's', queries: percentiles('lockstep_attempt_duration_seconds') }),
        graph({ title: 'Retries', description: 'By the tier that they wait on.', unit: 'cps', queries: [[rate('lockstep_retries_total', 'tier'), '{{tier}}']] }),
        graph({ title: 'Dead letters', description: 'gone: the endpoint answered 410.', unit: 'cps', queries: [[rate('lockstep_dead_letters_total', 'reason'), '{{reason}}']] }),
        graph({ title: 'Changes of breakers', description: 'By the new state.', unit: 'short', queries: [['sum by (state) (increase(lockstep_breaker_changes_total[$__rate_interval]))', '{{state}}']] }),
        graph({ title: 'Retry tokens', description: 'stale: nothing waited for them any more.', unit: 'cps', queries: [[rate('lockstep_retry_tokens_total', 'result'), '{{result}}']] }),
      ],
    },
    {
      title: 'Waiting',
      panels: [
        graph({ title: 'Lanes', description: 'Lanes with pending deliveries in memory, by state.', unit: 'short', queries: [['sum by (state) (lockstep_lanes)', '{{state}}']] }, { isStacked: true }),
        graph({ title: 'Oldest event', description: 'Of the shards of each dispatcher.', unit: 's', queries: [['lockstep_oldest_pending_age_seconds', '{{instance}}']] }),
        graph({ title: 'Accepted to delivered', description: 'Retries included.', unit: 's', queries: percentiles('lockstep_accepted_to_delivered_seconds') }),
        graph({ title: 'Rate limits', description: 'Tokens per second. Many returned ones: the limits are shared by more dispatchers than they have tokens.', unit: 'cps', queries: [[rate('lockstep_rate_limit_tokens_leased_total'), 'taken in advance'], [rate('lockstep_rate_limit_tokens_used_total'), 'used'], [rate('lockstep_rate_limit_tokens_returned_total'), 'returned']] }),
        graph({ title: 'Filtered', description: "Deliveries that were not made because of an endpoint's filter.", unit: 'cps', queries: [[rate('lockstep_deliveries_filtered_total'), 'filtered']] }),
        graph({ title: 'Past events', description: 'Given to endpoints that begin in the past.', unit: 'cps', queries: [[rate('lockstep_events_caught_up_total'), 'events']] }),
      ],
    },
  ],
};
