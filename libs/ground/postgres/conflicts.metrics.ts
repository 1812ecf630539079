import { Counter } from 'prom-client';

export const postgresConflicts = new Counter({
  name: 'lockstep_postgres_conflicts_total',
  help: "Statements on an event's path, and of the idempotency proxy, that Postgres rolled back because of a concurrent transaction (deadlock or serialization failure), by what they do. They are sent again",
  labelNames: ['statement'],
});

/** Counts the conflicts of one kind of statement. */
export function conflictsOf(statement: string): { readonly inc: () => void } {
  postgresConflicts.inc({ statement }, 0);
  return { inc: () => postgresConflicts.inc({ statement }) };
}
