import { MAIN_HOOK } from '../load/receiver-handle.mjs';
import { round } from '../measure/statistics.mjs';
import { rowsWritten } from '../measure/storage.mjs';
import { startBare } from './bare/pipeline.mjs';
import { startProduct } from './product.mjs';

/** The pair that most scenarios compare. */
const EVENT_PIPELINES = { product: startProduct, bare: startBare };
export const PIPELINES = Object.keys(EVENT_PIPELINES);

/** The same pipeline, posting in another way. */
export function withLoadArguments({ pipeline, ...setting }, loadArguments) {
  // A pipeline's own `pids` may change while it runs.
  return { ...setting, pipeline: Object.create(pipeline, { loadArguments: { value: loadArguments } }) };
}

/**
 * What is measured: its processes, its data, and how to post to it.
 * @typedef {object} Pipeline
 * @property {string} name `product` or `bare`
 * @property {object} data its database and topics (harness/pipeline-data.mjs)
 * @property {Record<string, number>} pids of its own processes
 * @property {string[]} loadArguments tell the load generator the URL and the credentials
 * @property {() => Promise<number>} countEvents that it has stored, without generated old events
 * @property {() => Promise<void>} stop
 *
 * Starts a pipeline with fresh processes, measures with it, and stops it. Unless `data` is given, the pipeline gets a fresh
 * database and topics, which are dropped at the end.
 * @param {object} bench
 * @param {string} name of the pipeline
 * @param {object} options as the pipeline's start takes them; `reference`: this is the side that others are compared with;
 * `pair`: how product and bare are started, if not as the pipelines of events
 * @param {(setting: object) => Promise<void>} measure gets the bench with `pipeline` and `record(case, measured)`
 */
export async function withPipeline(bench, name, { pair = EVENT_PIPELINES, reference = name === 'bare', ...options }, measure) {
  const { servers, receiver } = bench;
  await servers.databases.checkpoint();
  const pipeline = await pair[name](bench, { endpoints: [{ url: receiver.urlOf(MAIN_HOOK) }], ...options });
  const { data } = pipeline;
  const [rowsBefore, eventsBefore] = [await rowsWritten(servers, data.database), await pipeline.countEvents()];
  const records = [];
  const record = (caseName, measured, isReference = reference) => {
    const made = { pipeline: name, case: caseName, reference: isReference, ...measured };
    records.push(made);
    bench.report(made);
  };
  await measure({ ...bench, pipeline, record });
  const events = (await pipeline.countEvents()) - eventsBefore;
  await pipeline.stop();
  // One number for the whole part, because Postgres knows all rows of a session only when it has ended.
  const rowsPerEvent = round(((await rowsWritten(servers, data.database)) - rowsBefore) / events);
  bench.keep(records.map((each) => ({ ...each, rowsPerEvent })));
  if (options.data === undefined) await data.drop();
}
