import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#ground/config/project-root';
import { ORIGINS, type RateLimit } from './history.js';
import { cleanVerdict, type Verdict, verdictOf } from './mutant-verdict.js';
import { mutantsNamed } from './mutants.js';
import { type ChaosOptions, parseOptions } from './options.js';
import { linesOf, reportOf } from './report.js';
import { ReportFile } from './report-file.js';
import { SCRIPTED_ENDPOINT } from './rig-stage.js';
import { run, type RunResult } from './run.js';
import type { RunPlan } from './run-plan.js';
import type { Scenario } from './scenario.js';
import { scheduleOf } from './schedule.js';
import { scheduled, type ScheduledDrive } from './scheduled-drive.js';
import { scripted } from './scripted-drive.js';
import { STALL_EDITS } from './stall-points.js';
import { STALLS, stallScenario } from './stalls.js';
import { type Edit, prepareTestBuild } from './test-build.js';

/**
 * npm run chaos -- [--events N] [--faults N] [--seed N | --seeds a..b] [--report FILE] [--kinds a,b] [--rate PER_SECOND] [--history FILE]
 * npm run chaos -- --mutant NAME|all [--control]
 * npm run chaos -- --stalls
 * Options: docs/chaos/README.md. Exit code 0: passed, 1: findings or a surviving mutant, 2: could not run.
 */

const TOPOLOGY = { gateways: 2, dispatchers: 3 };
const LEASE_TTL_MS = 10_000;
const QUIET_LIMIT_MS = 120_000;
/** Most of a mutant's time is waiting. Slower processes still show its fault, but could make a correct system late. */
const MUTANTS_AT_ONCE = 2;

/** A scenario on a test build, with its verdict. */
interface ScriptedRun {
  readonly name: string;
  readonly title: string;
  readonly edits: readonly Edit[];
  readonly scenario: Scenario;
  readonly quietLimitMs: number;
  readonly verdict: (result: RunResult) => Verdict;
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.error(`${signal}: stopping all processes`);
    interrupted.abort(new Error(`interrupted by ${signal}`));
  });
}

function scheduledPlan(drive: ScheduledDrive): RunPlan {
  return {
    distFolder: path.join(projectRoot(), 'dist'),
    topology: TOPOLOGY,
    shards: 8,
    leaseTtlMs: LEASE_TTL_MS,
    // Short, so that a receiver that fails for a few seconds leaves dead letters.
    retryScheduleMs: [300, 600, 1_000, 1_000],
    settings: {},
    endpoints: [
      { name: 'first' }, { name: 'second' },
      { name: 'limited', rateLimit: limitAbove(drive.eventsPerSecond) },
      // Half of all events.
      { name: 'filtered', amountAbove: 50 },
    ],
    checksRecovery: true,
    quietLimitMs: QUIET_LIMIT_MS,
    origins: ORIGINS,
    drive: scheduled(drive),
  };
}

/** Above the mean rate, so that it holds back what comes after a fault, and lets that catch up. */
function limitAbove(eventsPerSecond: number): RateLimit {
  const perSecond = Math.ceil(eventsPerSecond * 1.4);
  return { perSecond, burst: Math.ceil(perSecond / 5) };
}

function scriptedPlan(scenario: Scenario, quietLimitMs: number, buildFolder: string): RunPlan {
  const { gateways, dispatchers, shards, leaseTtlMs, retryScheduleMs } = scenario;
  return {
    distFolder: path.join(buildFolder, 'dist'),
    topology: { gateways, dispatchers },
    shards,
    leaseTtlMs,
    retryScheduleMs,
    settings: {},
    endpoints: [{ name: SCRIPTED_ENDPOINT, ...scenario.endpoint }],
    checksRecovery: false,
    quietLimitMs,
    origins: [scenario.origin ?? 'api'],
    drive: scripted(scenario),
  };
}

/** @returns the exit code */
async function runSeeds(options: ChaosOptions): Promise<number> {
  const report = options.report === undefined ? undefined : new ReportFile(options.report);
  let exitCode = 0;
  for (const seed of options.seeds) {
    const { events, faults, kinds } = options;
    const schedule = scheduleOf({ seed, events, faults, kinds, topology: TOPOLOGY, leaseTtlMs: LEASE_TTL_MS });
    // A fault takes about ten seconds. With few events for many faults, the rate drops so that every fault meets load.
    const drive = { seed, events, eventsPerSecond: Math.min(options.eventsPerSecond, events / (faults * 8 + 1)) };
    const plan = scheduledPlan({ ...drive, schedule });
    const { topology, leaseTtlMs, retryScheduleMs } = plan;
    const seedRun = { options: { ...drive, topology, leaseTtlMs, retryScheduleMs }, schedule };
    const done = report?.find(seedRun);
    if (done !== undefined) {
      console.log(`seed ${seed} is in the report: ${done.findings.length} findings`);
      if (done.findings.length > 0) exitCode = 1;
      continue;
    }
    console.log(`seed ${seed}: ${events} events, ${schedule.length} faults`);
    const result = await run(plan, interrupted.signal);
    for (const line of linesOf(result)) console.log(line);
    report?.add(reportOf(seedRun, result));
    if (options.history !== undefined) writeFileSync(options.history, JSON.stringify(result.history));
    if (result.findings.length > 0) exitCode = 1;
  }
  return exitCode;
}

function mutantRuns(names: string, control: boolean): ScriptedRun[] {
  return mutantsNamed(names).map((mutant) => ({
    name: mutant.name,
    title: control ? `${mutant.name}, control` : `${mutant.name}: ${mutant.breaks}`,
    edits: control ? [] : mutant.edits,
    scenario: mutant.scenario,
    // A mutant may lose events, so a long wait is useless.
    quietLimitMs: control ? QUIET_LIMIT_MS : 15_000,
    verdict: (result) => verdictOf(mutant, control, result),
  }));
}

function stallRuns(): ScriptedRun[] {
  return STALLS.map((stall) => ({
    name: stall.point,
    title: `a dispatcher freezes at ${stall.point}. ${stall.expectation}`,
    edits: [],
    scenario: stallScenario(stall),
    quietLimitMs: QUIET_LIMIT_MS,
    verdict: (result) => cleanVerdict(`stall at ${stall.point}`, 'FINDINGS', result),
  }));
}

/**
 * @param atOnce how many run at the same time
 * @returns the exit code
 */
async function runScripted(runs: readonly ScriptedRun[], atOnce: number): Promise<number> {
  const verdicts = new Map<ScriptedRun, Verdict>();
  const waiting = [...runs];
  const runWaiting = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      console.log(next.title);
      try {
        const result = await runOnTestBuild(next, atOnce > 1 ? `${next.name} ` : '');
        const verdict = next.verdict(result);
        verdicts.set(next, verdict);
        console.log([...linesOf(result), verdict.line].join('\n'));
      } catch (error) {
        // The others end after the run that they are in.
        waiting.length = 0;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runWaiting));
  const inOrder = runs.flatMap((scriptedRun) => verdicts.get(scriptedRun) ?? []);
  console.log(['', ...inOrder.map(({ line }) => line)].join('\n'));
  return inOrder.every(({ passed }) => passed) ? 0 : 1;
}

async function runOnTestBuild({ edits, scenario, quietLimitMs }: ScriptedRun, name: string): Promise<RunResult> {
  const build = await prepareTestBuild([...STALL_EDITS, ...edits]);
  try {
    return await run(scriptedPlan(scenario, quietLimitMs, build.folder), interrupted.signal, name);
  } finally {
    await build.dispose();
  }
}

/** @returns the exit code */
function runMode(options: ChaosOptions): Promise<number> {
  if (options.stalls) return runScripted(stallRuns(), 1);
  return options.mutant === undefined ? runSeeds(options) : runScripted(mutantRuns(options.mutant, options.control), options.control ? 1 : MUTANTS_AT_ONCE);
}

try {
  process.exitCode = await runMode(parseOptions(process.argv.slice(2)));
} catch (error) {
  const reason = error instanceof Error ? error : new Error(String(error));
  console.error(`chaos: could not run: ${interrupted.signal.aborted ? reason.message : (reason.stack ?? reason.message)}`);
  process.exitCode = 2;
}
