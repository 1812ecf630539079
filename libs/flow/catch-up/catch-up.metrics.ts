import { Counter, Gauge } from 'prom-client';

export const catchUpsRunning = new Gauge({
  name: 'lockstep_catch_ups_running',
  help: 'Catch-ups of endpoints that have not ended on the shards owned here, counted once a shard',
});

export const eventsCaughtUp = new Counter({
  name: 'lockstep_events_caught_up_total',
  help: 'Past events that catch-ups have routed to their endpoints',
});
