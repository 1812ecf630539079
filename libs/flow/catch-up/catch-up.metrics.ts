import { Counter, Gauge } from 'prom-client';
import { conflictsOf } from '#ground/postgres/conflicts.metrics';

export const catchUpsRunning = new Gauge({
  name: 'lockstep_catch_ups_running',
  help: 'Endpoints that still get events from before their creation, counted once for each shard owned here',
});

export const eventsCaughtUp = new Counter({
  name: 'lockstep_events_caught_up_total',
  help: 'Events from before the creation of an endpoint that were given to it',
});

export const catchUpConflicts = conflictsOf('catch_up');
