import type { OpenApiOptions } from '#ground/http/openapi';

export const OPEN_API: OpenApiOptions = {
  title: 'Lockstep',
  description: 'Accepts events and delivers them to HTTP endpoints, in order, with exactly-once effects.',
};
