import { OPERATIONAL_EVENTS, operationalEventSchema } from '#flow/operational-events/operational-event.schema';
import type { OpenApiOptions } from '#ground/http/openapi';

export const OPEN_API: OpenApiOptions = {
  title: 'Lockstep',
  description: 'Accepts events and delivers them to HTTP endpoints, in order, with exactly-once effects.',
  webhooks: Object.entries(OPERATIONAL_EVENTS).map(([name, { summary }]) => ({ name, summary, body: operationalEventSchema(name as keyof typeof OPERATIONAL_EVENTS) })),
};
