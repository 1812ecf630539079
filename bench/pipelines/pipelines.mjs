import { startBare } from './bare/pipeline.mjs';
import { startProduct } from './product.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';
import { round } from '../measure/statistics.mjs';
import { rowsWritten } from '../measure/storage.mjs';

/** What most scenarios compare. */
const EVENT_PIPELINES = { product: startProduct, bare: startBare };
export const PIPELINES = Object.keys(EVENT_PIPELINES);

/**
 * What is measured: processes, where they keep their data, and how they are loaded.
 * @typedef {object} Pipeline
 * @property {string} name `product` or `bare`
 * @property {object} ground as grounds.mjs makes it
 * @property {Record<string, number>} pids of its own processes
 * @property {string[]} loadArguments where the load generator posts to, and as whom
 * @property {() => Promise<number>} countEvents that it has taken in, old ones that were made aside
 * @property {() => Promise<void>} stop
 *
 * Starts a pipeline, with fresh processes and, unless a ground is given, a fresh database and topics; measures with it; and
 * stops it.
 * @param {object} bench
 * @param {string} name of the pipeline
 * @param {object} options as the pipeline's start takes them; `reference`: what others of this part are compared with;
 * `pair`: how product and bare are started, when it is not the events' pipelines that are measured
 * @param {(setting: object) => Promise<void>} measure gets the bench with `pipeline` and `record(case, measured)`
 */
export async function withPipeline(bench, name, { pair = EVENT_PIPELINES, reference = name === 'bare', ...options }, measure) {
  const { servers, receiver } = bench;
  // So that no round pays for what the one before it wrote.
  await servers.databases.checkpoint();
  const pipeline = await pair[name](bench, { endpoints: [{ url: receiver.urlOf(MAIN_HOOK) }], ...options });
  const { ground } = pipeline;
  const [rowsBefore, eventsBefore] = [await rowsWritten(servers, ground.database), await pipeline.countEvents()];
  const records = [];
  const record = (caseName, measured, isReference = reference) => {
    const made = { pipeline: name, case: caseName, reference: isReference, ...measured };
    records.push(made);
    bench.report(made);
  };
  await measure({ ...bench, pipeline, record });
  const events = (await pipeline.countEvents()) - eventsBefore;
  await pipeline.stop();
  // By the whole part: a session's rows are all counted when it has ended.
  const rowsPerEvent = round(((await rowsWritten(servers, ground.database)) - rowsBefore) / events);
  bench.keep(records.map((each) => ({ ...each, rowsPerEvent })));
  if (options.ground === undefined) await ground.drop();
}
