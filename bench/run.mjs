/**
 * npm run bench: the product beside a bare pipeline of the same path without its features, in interleaved rounds on
 * the same Postgres and Kafka, which it starts itself. What the scenarios are: scenarios.mjs.
 * Exit code 0 only when every event arrived, once and in order.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import path from 'node:path';
import { buildIfStale } from '../scripts/build-if-stale.mjs';
import { checkNode } from '../scripts/check-node.mjs';
import { startBare } from './bare/pipeline.mjs';
import { startReceiver } from './load.mjs';
import { readOptions } from './options.mjs';
import { stopAllPrograms } from './processes.mjs';
import { startProduct } from './product.mjs';
import { renderMetrics, renderTable, summarize } from './report.mjs';
import { scenarios, warmUp } from './scenarios.mjs';
import { startServers } from './servers.mjs';

const ROOT = path.dirname(import.meta.dirname);
const START = { product: startProduct, bare: startBare };
const startedAt = new Date();
const progress = (line) => console.error(`${String(Math.round((Date.now() - startedAt) / 1_000)).padStart(4)} s  ${line}`);

checkNode();
let servers;
let folder;
let cleaning;
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) {
  process.once(signal, () => void cleanUp().then(() => process.exit(code)));
}
try {
  process.exitCode = await main(readOptions(process.argv.slice(2)));
} catch (error) {
  // After Ctrl-C everything that is under way fails.
  if (cleaning === undefined) console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
await cleanUp();

async function main(options) {
  await buildIfStale();
  folder = await makeFolder();
  progress('starting Postgres and Kafka');
  servers = startServers(folder, progress);
  const rounds = await runRounds(options, await servers);
  const summary = summarize(rounds);
  console.log(`\n${renderTable(summary)}`);
  console.log(`\nMedians of ${options.rounds} rounds of ${options.seconds} s; ratio = product / bare, the median of the rounds' ratios; for ms less is better.`);
  if (options.jsonFile !== undefined) await writeFile(options.jsonFile, `${JSON.stringify({ ...describeRun(options), summary, rounds }, undefined, 2)}\n`);
  return reportFindings(rounds);
}

async function runRounds(options, running) {
  const { freePort } = await import('#embedded/free-port');
  const receiver = await startReceiver(folder, await freePort());
  const bench = { receiver, servers: running, folder, freePort };
  progress('warming Postgres and Kafka up');
  // Their own code and files are cold at first, and whichever pipeline comes first would pay for it.
  await runPipeline(bench, 'bare', 0, { ...options, scenarios: [] });
  const rounds = [];
  for (let round = 1; round <= options.rounds; round++) {
    for (const name of options.pipelines) rounds.push(...(await runPipeline(bench, name, round, options)));
  }
  return rounds;
}

/** One pipeline's part of a round: fresh processes, database and topics; a warm-up; then its scenarios. */
async function runPipeline(bench, name, round, options) {
  const delivers = options.scenarios.length === 0 || options.scenarios.some((scenario) => scenario !== 'ingest');
  await bench.servers.databases.checkpoint();
  const pipeline = await START[name]({ ...bench, id: round, delivers });
  const setting = { ...bench, pipeline, delivers, pids: { ...pipeline.pids, ...bench.servers.pids, receiver: bench.receiver.pid } };
  const measured = [];
  const record = (scenario, result) => {
    measured.push({ round, pipeline: name, scenario, ...result });
    progress(`round ${round}/${options.rounds} ${name.padEnd(7)} ${scenario}: ${renderMetrics(result.metrics)}${problemsOf(result)}`);
  };
  const warm = await warmUp(setting, options.warmUpEvents);
  record('warm-up', { metrics: { events: warm.summary.accepted }, findings: warm.findings });
  for (const scenario of options.scenarios) record(scenario, await scenarios[scenario].run(setting, options.seconds));
  await pipeline.stop();
  return measured;
}

/** What must not be, as text: empty when all is well. */
function problemsOf({ findings, refused = 0 }) {
  const found = Object.entries({ ...findings, refused }).filter(([, count]) => count > 0);
  return found.length === 0 ? '' : ` !! ${found.map(([name, count]) => `${name} ${count}`).join(', ')}`;
}

/** A refused event is no broken promise; one that was lost, repeated or overtaken is. */
function reportFindings(rounds) {
  const bad = rounds.filter(({ findings }) => Object.values(findings).some((count) => count > 0));
  for (const { round, pipeline, scenario, findings } of bad) console.error(`round ${round} ${pipeline} ${scenario}:${problemsOf({ findings })}`);
  if (bad.length === 0) console.log('Every event that was accepted arrived once and in order.');
  return bad.length === 0 ? 0 : 1;
}

function describeRun(options) {
  return {
    startedAt: startedAt.toISOString(),
    machine: { cores: availableParallelism(), cpu: cpus()[0]?.model, memoryBytes: totalmem(), os: `${process.platform} ${release()}`, node: process.versions.node },
    options,
  };
}

/** Under node_modules: on the project's own disk (a folder for temporary files may be memory, where fsync costs nothing). */
async function makeFolder() {
  const cache = path.join(ROOT, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  return mkdtemp(path.join(cache, 'lockstep-bench-'));
}

/** Once, however often it is asked for. */
function cleanUp() {
  cleaning ??= (async () => {
    await stopAllPrograms();
    await (await Promise.resolve(servers).catch(() => undefined))?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  })();
  return cleaning;
}
