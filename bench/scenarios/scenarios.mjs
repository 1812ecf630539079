import { backlog } from './backlog.mjs';
import { deadEndpoint } from './dead-endpoint.mjs';
import { endToEnd } from './end-to-end.mjs';
import { entities } from './entities.mjs';
import { failing } from './failing.mjs';
import { fanOut } from './fan-out.mjs';
import { growth, growth10m } from './growth.mjs';
import { hotEntity } from './hot-entity.mjs';
import { idempotency } from './idempotency.mjs';
import { ingest } from './ingest.mjs';
import { latency } from './latency.mjs';
import { payloads } from './payloads.mjs';
import { proxy } from './proxy.mjs';
import { scaleOut } from './scale-out.mjs';

/**
 * What can be measured; bench/README.md says what each is for.
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} title
 * @property {number} rounds of its parts, unless --rounds or the part says otherwise
 * @property {number} seconds of one measurement, unless --seconds says otherwise
 * @property {Record<string, string>} metrics its figures, with how a table calls them
 * @property {string} [reference] what its figures are compared with, when it is not the bare pipeline
 * @property {string[]} [differences] figures of which not the ratio counts, but by how much they differ
 * @property {string[]} [processes] whose costs its table shows, when they are not those of the events' pipelines
 * @property {string[]} plots figures that are drawn
 * @property {Part[]} parts
 *
 * @typedef {object} Part what is measured in one go and can't be taken apart; a run that was ended goes on with the next
 * @property {string} name
 * @property {string[]} [pipelines] that can do it; all of them when it is left out
 * @property {number} [rounds] when it has others than the scenario: the ratio of some parts is a goal, and takes several
 * @property {number} [expectedSeconds] when it takes much longer than the scenario's other parts
 * @property {(bench: object, pipeline: string) => Promise<void>} run gives what it measured to `bench.keep`
 *
 * @type {Scenario[]}
 */
export const SCENARIOS = [
  ingest, endToEnd, latency, backlog, deadEndpoint, growth, growth10m, fanOut, payloads, entities, hotEntity, failing, scaleOut, idempotency, proxy,
];
