/**
 * npm run bench: the product beside a bare pipeline of the same path without its features, in interleaved rounds on
 * the same Postgres and Kafka, which it starts itself. What the scenarios are: scenarios.mjs.
 * Exit code 0 only when every event arrived, once and in order.
 */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import path from 'node:path';
import { buildIfStale } from '../scripts/build-if-stale.mjs';
import { checkNode } from '../scripts/check-node.mjs';
import { Journal } from './harness/journal.mjs';
import { warmUp } from './measure/measures.mjs';
import { readOptions } from './harness/options.mjs';
import { withPipeline } from './pipelines/pipelines.mjs';
import { stopAllPrograms } from './harness/processes.mjs';
import { startReceiver } from './load/receiver-handle.mjs';
import { problemsOf, renderMetrics, renderTable, summarize } from './report/report.mjs';
import { writeResults } from './report/results.mjs';
import { labelOf, plan, runRounds } from './harness/rounds.mjs';
import { SCENARIOS } from './scenarios/scenarios.mjs';
import { startServers } from './harness/servers.mjs';

const ROOT = path.dirname(import.meta.dirname);
const WARM_UP_EVENTS = 10_000;
const startedAt = new Date();
const progress = (line) => console.error(`${String(Math.round((Date.now() - startedAt) / 1_000)).padStart(4)} s  ${line}`);
const describe = (record) => `${renderMetrics(record.metrics)}${problemsOf(record)}`;

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
  const facts = describeRun(options);
  const journal = new Journal(options.outFolder, facts.comparable);
  const planned = options.scenarios.map((scenario) => ({ scenario, ...planOf(scenario, options) }));
  const open = planned.filter(({ scenario, rounds, pipelines }) => plan(scenario, { rounds, pipelines }).some(({ key }) => !journal.has(key)));
  if (open.length > 0) await measure(open, options, facts, journal);
  return report(options, facts, journal.records);
}

async function measure(planned, options, facts, journal) {
  folder = await makeFolder();
  progress('starting Postgres and Kafka');
  servers = startServers(folder, progress);
  const bench = await prepareBench(await servers, options);
  for (const { scenario, seconds, ...rest } of planned) {
    await runRounds({ ...bench, seconds, cases: options.cases }, scenario, { ...rest, limited: !options.quick }, journal);
    if (options.outFolder !== undefined) writeResults(options.outFolder, facts, SCENARIOS, journal.records);
  }
}

/** What the command says, or else the scenario; how many rounds, its parts may say too. */
function planOf(scenario, { rounds, seconds = scenario.seconds, pipelines }) {
  return { rounds, seconds, pipelines };
}

async function prepareBench(running, options) {
  const { freePort } = await import('#embedded/free-port');
  const receiver = await startReceiver(folder, await freePort());
  const bench = { receiver, servers: running, folder, freePort, progress, describe, scale: options.scale };
  progress('warming Postgres and Kafka up');
  // Their own code and files are cold at first, and whichever pipeline comes first would pay for it.
  const ignore = () => undefined;
  await withPipeline({ ...bench, report: ignore, keep: ignore }, 'bare', {}, (setting) => warmUp(setting, { events: WARM_UP_EVENTS }));
  return bench;
}

async function report(options, facts, records) {
  const tables = options.scenarios.map((scenario) => ({ scenario, rows: summarize(records, scenario) })).filter(({ rows }) => rows.length > 0);
  for (const { scenario, rows } of tables) console.log(`\n${renderTable(rows, scenario.reference)}`);
  if (options.quick) {
    const [scenario] = options.scenarios;
    const { rounds = scenario.rounds, seconds = scenario.seconds } = options;
    console.log(`\nMedians of ${rounds} rounds of ${seconds} s; ratio = product / bare, the median of the rounds' ratios; for ms less is better.`);
  }
  if (options.outFolder !== undefined) console.log(`\nAll of it: ${path.join(options.outFolder, 'README.md')}`);
  if (options.jsonFile !== undefined) {
    const summary = tables.flatMap(({ rows }) => rows);
    const rounds = records.map((record) => ({ ...record, ...(options.quick ? { scenario: record.case } : {}) }));
    await writeFile(options.jsonFile, `${JSON.stringify({ ...facts, summary, rounds }, undefined, 2)}\n`);
  }
  return reportFindings(records);
}

/** A refused event is no broken promise; one that was lost, repeated or overtaken is. */
function reportFindings(records) {
  const bad = records.filter(({ findings }) => Object.values(findings).some((count) => count > 0));
  for (const { round, pipeline, scenario, case: name, findings } of bad) console.error(`round ${round} ${pipeline} ${labelOf(scenario, name)}:${problemsOf({ findings })}`);
  if (bad.length === 0) console.log('Every event that was accepted arrived once and in order.');
  return bad.length === 0 ? 0 : 1;
}

function describeRun(options) {
  const { scenarios, ...rest } = options;
  const { seconds, scale } = options;
  const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model, memoryBytes: totalmem(), os: `${process.platform} ${release()}`, node: process.versions.node };
  return {
    startedAt: startedAt.toISOString(),
    machine,
    options: { scenarios: scenarios.map(({ name }) => name), ...rest },
    /** Rounds in which these differ tell nothing beside each other. */
    comparable: JSON.parse(JSON.stringify({ machine, build: readFileSync(path.join(ROOT, 'dist', '.built-from'), 'utf8'), seconds: seconds ?? null, scale })),
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
