import { startBare } from './bare/pipeline.mjs';
import { startProduct } from './product.mjs';
import { MAIN_HOOK } from './receiver-handle.mjs';
import { round } from './statistics.mjs';
import { rowsWritten } from './storage.mjs';

const START = { product: startProduct, bare: startBare };
export const PIPELINES = Object.keys(START);

/**
 * Starts a pipeline, with fresh processes and, unless a ground is given, a fresh database and topics; measures with it; and
 * stops it.
 * @param {object} bench
 * @param {string} name of the pipeline
 * @param {object} options as startProduct and startBare take them; `reference`: what others of this part are compared with
 * @param {(setting: object) => Promise<void>} measure gets the bench with `pipeline` and `record(case, measured)`
 */
export async function withPipeline(bench, name, { reference = name === 'bare', ...options }, measure) {
  const { servers, receiver } = bench;
  // So that no round pays for what the one before it wrote.
  await servers.databases.checkpoint();
  const pipeline = await START[name](bench, { endpoints: [{ url: receiver.urlOf(MAIN_HOOK) }], ...options });
  const { ground } = pipeline;
  const [rowsBefore, storedBefore] = [await rowsWritten(servers, ground.database), await pipeline.countStored()];
  const records = [];
  const record = (caseName, measured, isReference = reference) => {
    const made = { pipeline: name, case: caseName, reference: isReference, ...measured };
    records.push(made);
    bench.report(made);
  };
  await measure({ ...bench, pipeline, record });
  const stored = (await pipeline.countStored()) - storedBefore;
  await pipeline.stop();
  // By the whole part: a session's rows are all counted when it has ended.
  const rowsPerEvent = round(((await rowsWritten(servers, ground.database)) - rowsBefore) / stored);
  bench.keep(records.map((each) => ({ ...each, rowsPerEvent })));
  if (options.ground === undefined) await ground.drop();
}
