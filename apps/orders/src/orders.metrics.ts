import { Counter, Gauge } from 'prom-client';

export const eventsReceived = new Counter({
  name: 'lockstep_orders_events_received_total',
  help: 'Records of `order.created`: `new`, `repeat` (in the inbox already, or without an order), `refused` (by Postgres; skipped), `foreign` (not ours)',
  labelNames: ['outcome'],
});

export const stepAnswers = new Counter({ name: 'lockstep_orders_step_answers_total', help: 'Answers of the outside to steps', labelNames: ['step', 'answer'] });

let depth: (() => Promise<number | undefined>) | undefined;

/** Sets the source of the gauge. While the source returns undefined, the gauge keeps its value. */
export function observeOrderOutbox(look: () => Promise<number | undefined>): void {
  depth = look;
}

new Gauge({
  name: 'lockstep_orders_outbox_depth',
  help: 'Orders whose event is not in Kafka yet',
  async collect() {
    const now = await depth?.();
    if (now !== undefined) this.set(now);
  },
});
