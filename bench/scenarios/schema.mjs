import { setTimeout as delay } from 'node:timers/promises';
import { CONNECTIONS, measureIngest, warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';

const WARM_UP_EVENTS = 20_000;
const FIELDS = 20;
/** Each turn measures without the schema and with it, because the speed of a machine drifts. */
const TURNS = 2;
/** A change holds within a second. */
const CHANGE_MS = 1_000;

/** Of a field of the load generator's events. */
const FIELD_SCHEMAS = [
  { type: 'string', minLength: 1, maxLength: 100 },
  { type: 'integer', minimum: 0 },
  { type: 'string', enum: ['open', 'paid', 'shipped'] },
  { type: 'string', pattern: '^[A-Z]{2}-[0-9]{4}$' },
  { type: 'string', format: 'date-time' },
];

/** Of 20 properties, all of them required and checked. */
function schemaOfFields() {
  const properties = Object.fromEntries(Array.from({ length: FIELDS }, (_, n) => [`f${n}`, FIELD_SCHEMAS[n % FIELD_SCHEMAS.length]]));
  const fields = { type: 'object', required: Object.keys(properties), additionalProperties: false, properties };
  return { type: 'object', required: ['data'], properties: { data: { type: 'object', required: ['fields'], properties: { fields } } } };
}

export const schema = {
  name: 'schema',
  title: 'Accepting events whose type has a schema of 20 properties, 100 connections, closed loop, no dispatcher',
  rounds: 3,
  seconds: 6,
  reference: 'no schema',
  metrics: { acceptedPerSecond: 'accepted/s', p50Ms: 'p50 ms', p99Ms: 'p99 ms' },
  plots: ['acceptedPerSecond', 'p99Ms'],
  parts: [
    {
      name: 'turns',
      pipelines: ['product'],
      run: (bench, name) =>
        withPipeline(bench, name, { dispatchers: 0 }, async (setting) => {
          const args = ['--fields', String(FIELDS), '--connections', String(CONNECTIONS), '--seconds', String(setting.seconds)];
          await warmUp(setting, { events: WARM_UP_EVENTS, delivers: false });
          for (let turn = 0; turn < TURNS; turn++) {
            for (const enforce of ['off', 'reject']) {
              await setting.pipeline.call('PUT', '/v1/event-types/order.created', { schema: schemaOfFields(), enforce });
              await delay(CHANGE_MS);
              setting.record('ingest', await measureIngest(setting, args), enforce === 'off');
            }
          }
        }),
    },
  ],
};
