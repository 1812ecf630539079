import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#config/project-root';
import { prepareMutant } from './mutants.js';
import { type ChaosOptions, parseOptions } from './options.js';
import { linesOf, reportOf } from './report.js';
import { run } from './run.js';
import type { RunPlan } from './run-plan.js';
import { scheduleOf } from './schedule.js';

/**
 * npm run chaos -- --events N --faults N --seed N|--seeds a..b [--mutant NAME] [--report FILE]
 * [--kinds a,b] [--rate PER_SECOND] [--history FILE]: the real system under load and faults, judged from outside.
 * Exit code 0: no findings (of a mutant: it was caught), 1: findings (of a mutant: it survived), 2: could not run.
 */

const TOPOLOGY = { gateways: 2, dispatchers: 3 };
const LEASE_TTL_MS = 10_000;

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.error(`${signal}: stopping all`);
    interrupted.abort(new Error(`ended by ${signal}`));
  });
}

async function planOf(options: ChaosOptions, seed: number): Promise<RunPlan> {
  const { events, faults, kinds, mutant } = options;
  const base: RunPlan = {
    distFolder: path.join(projectRoot(), 'dist'),
    events,
    seed,
    schedule: scheduleOf({ seed, events, faults, kinds, topology: TOPOLOGY, leaseTtlMs: LEASE_TTL_MS }),
    topology: TOPOLOGY,
    // A fault takes some ten seconds: few events for many faults come more slowly, so that none is without load.
    eventsPerSecond: Math.min(options.eventsPerSecond, events / (faults * 8 + 1)),
    leaseTtlMs: LEASE_TTL_MS,
    // Short, so that a receiver that fails for seconds makes dead letters.
    retryScheduleMs: [500, 1_000, 2_000, 2_000],
    settings: {},
  };
  return mutant === undefined ? base : { ...base, ...(await prepareMutant(mutant)) };
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  const reports: object[] = [];
  let exitCode = 0;
  for (const seed of options.seeds) {
    const plan = await planOf(options, seed);
    console.log(`seed ${seed}: ${plan.events} events, ${plan.schedule.length} faults`);
    const result = await run(plan, interrupted.signal);
    for (const line of linesOf(result)) console.log(line);
    reports.push(reportOf(plan, result));
    if (options.report !== undefined) writeFileSync(options.report, `${JSON.stringify(reports, undefined, 2)}\n`);
    if (options.history !== undefined) writeFileSync(options.history, JSON.stringify(result.history));
    const found = result.findings.length > 0;
    if (options.mutant !== undefined) console.log(found ? `CAUGHT: ${options.mutant}` : `SURVIVED: ${options.mutant}`);
    if (found === (options.mutant === undefined)) exitCode = 1;
  }
  return exitCode;
}

try {
  process.exitCode = await main();
} catch (error) {
  const reason = error instanceof Error ? error : new Error(String(error));
  console.error(`chaos: could not run: ${interrupted.signal.aborted ? reason.message : (reason.stack ?? reason.message)}`);
  process.exitCode = 2;
}
