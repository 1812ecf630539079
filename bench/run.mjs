/**
 * npm run bench: measures the product against a bare pipeline, the same path without the product's features. Both run in
 * interleaved rounds on the same Postgres and Kafka, which this command starts. The scenarios: scenarios/scenarios.mjs.
 * The exit code is 0 only if every accepted event arrived once and in order.
 */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildIfStale } from '../scripts/build-if-stale.mjs';
import { checkNode } from '../scripts/check-node.mjs';
import { freePort } from './harness/built-code.mjs';
import { describeRun } from './harness/facts.mjs';
import { Journal } from './harness/journal.mjs';
import { readOptions } from './harness/options.mjs';
import { stopAllPrograms } from './harness/processes.mjs';
import { labelOf, plan, runRounds } from './harness/rounds.mjs';
import { startServers } from './harness/servers.mjs';
import { createWorkFolder } from './harness/work-folder.mjs';
import { startReceiver } from './load/receiver-handle.mjs';
import { warmUp } from './measure/measures.mjs';
import { PIPELINES, withPipeline } from './pipelines/pipelines.mjs';
import { writeIndex, writePages, writeResults } from './report/pages.mjs';
import { problemsOf, renderMetrics, renderTable, summarize } from './report/summary.mjs';
import { SCENARIOS } from './scenarios/scenarios.mjs';

const PUBLISHED = path.join(import.meta.dirname, '..', 'docs', 'benchmarks');
/** Measured by `npm run bench:overload`, without a comparison: its page is written by hand. */
const OVERLOAD = { name: 'overload', title: 'Four times the events that a gateway can commit: what it accepts and refuses, and the tail of what it accepts' };
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
  // After Ctrl-C every operation in flight fails.
  if (cleaning === undefined) console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
await cleanUp();

async function main(options) {
  await buildIfStale();
  const run = describeRun(options, startedAt);
  const journal = new Journal(options.outFolder, run.comparable, run.startedAt);
  const facts = { ...run, startedAt: journal.startedAt };
  const planned = options.scenarios.map((scenario) => ({ scenario, ...planOf(scenario, options) }));
  const open = planned.filter(({ scenario, rounds, pipelines }) => plan(scenario, { rounds, pipelines }).some(({ key }) => !journal.has(key)));
  if (open.length > 0) await measure(open, options, facts, journal);
  return report(options, facts, journal);
}

async function measure(planned, options, facts, journal) {
  folder = await createWorkFolder();
  progress('starting Postgres and Kafka');
  servers = startServers(folder, progress);
  const bench = await prepareBench(await servers, options);
  for (const { scenario, seconds, ...rest } of planned) {
    await runRounds({ ...bench, seconds, cases: options.cases }, scenario, { ...rest, limited: !options.quick }, journal);
    if (options.outFolder !== undefined) writeFolder(options.outFolder, facts, journal);
  }
}

/** The options override the scenario. The number of rounds can also come from a part. */
function planOf(scenario, { rounds, seconds = scenario.seconds, pipelines }) {
  return { rounds, seconds, pipelines };
}

async function prepareBench(running, options) {
  const receiver = await startReceiver(folder, await freePort());
  const bench = { receiver, servers: running, folder, progress, describe, scale: options.scale };
  progress('warming up Postgres and Kafka');
  // They start with cold code and files, and the pipeline that runs first would pay for it.
  const ignore = () => undefined;
  await withPipeline({ ...bench, report: ignore, keep: ignore }, 'bare', {}, (setting) => warmUp(setting, { events: WARM_UP_EVENTS }));
  return bench;
}

async function report(options, facts, journal) {
  const { records } = journal;
  const tables = options.scenarios.map((scenario) => ({ scenario, rows: summarize(records, scenario) })).filter(({ rows }) => rows.length > 0);
  for (const { scenario, rows } of tables) console.log(`\n${renderTable(rows, scenario.reference)}`);
  if (options.quick) {
    const [scenario] = options.scenarios;
    const { rounds = scenario.rounds, seconds = scenario.seconds } = options;
    console.log(`\nMedians of ${rounds} rounds of ${seconds} s. The ratio is product / bare, the median of the rounds' ratios; for ms, less is better.`);
  }
  if (options.outFolder !== undefined) {
    writeFolder(options.outFolder, facts, journal);
    console.log(`\nAll figures, tables and plots: ${options.outFolder}`);
  }
  if (options.publish) publish(options, facts, journal);
  if (options.jsonFile !== undefined) {
    const summary = tables.flatMap(({ rows }) => rows);
    const rounds = records.map((record) => ({ ...record, ...(options.quick ? { scenario: record.case } : {}) }));
    await writeFile(options.jsonFile, `${JSON.stringify({ ...facts, summary, rounds }, undefined, 2)}\n`);
  }
  return reportFindings(records);
}

function writeFolder(outFolder, facts, { records }) {
  writeResults(outFolder, facts, SCENARIOS, records);
  writePages(outFolder, facts, SCENARIOS, records);
}

/** Only scenarios with all parts, because a page replaces the older one as a whole. */
function publish({ scenarios }, facts, journal) {
  const isWhole = (scenario) => plan(scenario, { rounds: 1, pipelines: PIPELINES }).every(({ key }) => journal.has(key));
  for (const scenario of SCENARIOS.filter(({ name }) => scenarios.some((each) => each.name === name))) {
    if (isWhole(scenario)) writePages(PUBLISHED, facts, [scenario], journal.records);
    else console.log(`${scenario.name} is not published, because some of its parts are not measured`);
  }
  writeIndex(PUBLISHED, [...SCENARIOS, OVERLOAD]);
}

/** Lost, repeated and overtaken events break a promise. Refused ones do not. */
function reportFindings(records) {
  const bad = records.filter(({ findings }) => Object.values(findings).some((count) => count > 0));
  for (const { round, pipeline, scenario, case: name, findings } of bad) console.error(`round ${round} ${pipeline} ${labelOf(scenario, name)}:${problemsOf({ findings })}`);
  if (bad.length === 0) console.log('Every accepted event arrived once and in order.');
  return bad.length === 0 ? 0 : 1;
}

/** Runs once, even if it is called again. */
function cleanUp() {
  cleaning ??= (async () => {
    await stopAllPrograms();
    await (await Promise.resolve(servers).catch(() => undefined))?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  })();
  return cleaning;
}
