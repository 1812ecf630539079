import { closedCounter } from '#ground/telemetry/closed-counter';
import { ObservedGauge } from '#ground/telemetry/observed-gauge';

export const eventsReceived = closedCounter({
  name: 'lockstep_orders_events_received_total',
  help: 'Records of order.created: new, repeat (in the inbox already, or without an order), refused (by Postgres; skipped), foreign (not ours)',
  labels: { outcome: ['new', 'repeat', 'refused', 'foreign'] },
});

export const stepAnswers = closedCounter({
  name: 'lockstep_orders_step_answers_total',
  help: "Answers of payment and shipping services to the steps of orders; unknown: the step may or may not have been done",
  labels: { step: ['payment', 'shipment', 'refund'], answer: ['done', 'refused', 'unknown'] },
});

export const orderOutboxDepth = new ObservedGauge({ name: 'lockstep_orders_outbox_depth', help: 'Orders whose event is not in Kafka yet' });
