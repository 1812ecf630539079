import { backlog } from './backlog.mjs';
import { batch } from './batch.mjs';
import { deadEndpoint } from './dead-endpoint.mjs';
import { endToEnd } from './end-to-end.mjs';
import { entities } from './entities.mjs';
import { failing } from './failing.mjs';
import { fanOut } from './fan-out.mjs';
import { filter } from './filter.mjs';
import { growth, growth10m } from './growth.mjs';
import { hotEntity } from './hot-entity.mjs';
import { idempotency } from './idempotency.mjs';
import { ingest } from './ingest.mjs';
import { kafkaSource } from './kafka-source.mjs';
import { latency } from './latency.mjs';
import { payloads } from './payloads.mjs';
import { proxy } from './proxy.mjs';
import { samples } from './samples.mjs';
import { scaleOut } from './scale-out.mjs';
import { schema } from './schema.mjs';
import { tenantKey } from './tenant-key.mjs';
import { tracing } from './tracing.mjs';
import { webhook } from './webhook.mjs';

/**
 * What can be measured. bench/README.md explains each scenario.
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} title
 * @property {number} rounds of each part; --rounds or the part can change it
 * @property {number} seconds of one measurement; --seconds can change it
 * @property {Record<string, string>} metrics its figures, with their labels in tables
 * @property {string} [reference] what the figures are compared with, if not with the bare pipeline
 * @property {string[]} [differences] figures that are compared by their difference, not by their ratio
 * @property {string[]} [processes] whose costs the table shows, if not those of the events' pipelines
 * @property {string[]} plots figures that are plotted
 * @property {Part[]} parts
 *
 * @typedef {object} Part a measurement that runs as a whole; an interrupted run continues with the next part
 * @property {string} name
 * @property {string[]} [pipelines] that support it; by default all
 * @property {number} [rounds] instead of the scenario's; more where the ratio is a goal
 * @property {number} [expectedSeconds] if it takes much longer than the scenario's other parts
 * @property {(bench: object, pipeline: string) => Promise<void>} run passes its records to `bench.keep`
 *
 * @type {Scenario[]}
 */
export const SCENARIOS = [
  ingest, batch, endToEnd, latency, backlog, deadEndpoint, growth, growth10m, fanOut, filter, payloads, entities, hotEntity, failing, scaleOut, idempotency, tenantKey, schema, webhook, kafkaSource, proxy, tracing, samples,
];
