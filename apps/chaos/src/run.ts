import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findingsIn } from './checker.js';
import { readStaleWrites } from './chaos-database.js';
import { Clients } from './clients.js';
import { nowMs } from './clock.js';
import { type BreakerCounts, countBreakers, readDeliveries, readParked, verify } from './evidence.js';
import type { Arrival, History } from './history.js';
import { untilQuiet } from './quiet.js';
import { type Recovery, recoveriesOf, slowRecoveries, stuckWhileIsolated } from './recovery.js';
import { Rig } from './rig.js';
import type { RunPlan } from './run-plan.js';
import { arrivalAt, nameIn } from './seen-settings.js';

export interface RunResult {
  readonly findings: readonly string[];
  readonly history: History;
  readonly recoveries: readonly Recovery[];
  readonly breakers: BreakerCounts;
  readonly durationMs: number;
  /** Logs of all processes, and the history; undefined without findings, because they are deleted then. */
  readonly logFolder: string | undefined;
}

/**
 * Runs the system under load and faults, waits until all events have their outcomes, and checks the history.
 * @param name stands before each line of progress, where several run at the same time
 * @throws Error when the run could not be completed
 */
export async function run(plan: RunPlan, signal: AbortSignal, name = ''): Promise<RunResult> {
  const startedMs = nowMs();
  const say = (line: string): void => console.log(`${name}${((nowMs() - startedMs) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
  say('starting Postgres, Kafka, the apps and the receiver');
  const rig = await Rig.start(plan, say);
  try {
    const { found, ...observed } = await observe(rig, plan, signal);
    signal.throwIfAborted();
    await rig.stop();
    const findings = [...rig.findings, ...found, ...findingsIn(observed.history)];
    if (findings.length === 0) await rig.deleteLogs();
    else await writeFile(path.join(rig.logFolder, 'history.json'), JSON.stringify(observed.history));
    return {
      ...observed,
      findings,
      durationMs: nowMs() - startedMs,
      logFolder: findings.length === 0 ? undefined : rig.logFolder,
    };
  } catch (error) {
    await rig.stop();
    say(`logs: ${rig.logFolder}`);
    throw error;
  }
}

interface Observed extends Pick<RunResult, 'history' | 'recoveries' | 'breakers'> {
  readonly found: readonly string[];
}

async function observe(rig: Rig, plan: RunPlan, signal: AbortSignal): Promise<Observed> {
  signal.throwIfAborted();
  for (const { name, ...settings } of plan.endpoints) await rig.operator.addEndpoint(name, settings);
  const clients = await Clients.start(rig, plan.origins);
  rig.say('everything is ready; starting the load');
  const { events: sent, faults } = await plan.drive(rig, clients, signal).finally(() => clients.close());
  signal.throwIfAborted();
  rig.say(`${sent.length} events sent; waiting for all outcomes`);
  await rig.heal();
  const { topic } = clients;
  const stuck = await untilQuiet(rig, topic, plan.quietLimitMs, signal);
  signal.throwIfAborted();
  rig.say(stuck.length === 0 ? 'all events have their outcomes' : 'some events have no outcome');
  await rig.checkReady();
  const arrivals = await readArrivals(rig);
  const events = topic === undefined ? sent : await topic.settled(sent);
  const history: History = {
    events,
    endpoints: rig.operator.endpoints,
    arrivals,
    faults,
    changes: rig.operator.changes,
    deliveries: await readDeliveries(rig.databaseUrl),
    staleWrites: await readStaleWrites(rig.databaseUrl),
    parked: [...rig.parked, ...(await readParked(rig))],
    imbalance: await verify(rig.databaseUrl),
    retryScheduleMs: plan.retryScheduleMs,
  };
  const { findings } = await rig.receiver.status();
  const found = [
    ...stuck,
    ...findings,
    ...(topic === undefined ? [] : await topic.incidents()),
    ...stuckWhileIsolated(faults, events, arrivals, plan.shards),
    ...(plan.checksRecovery ? slowRecoveries(faults, events, arrivals, plan.shards) : []),
  ];
  return { history, recoveries: recoveriesOf(faults, arrivals, plan.shards), breakers: await countBreakers(rig.databaseUrl), found };
}

async function readArrivals(rig: Rig): Promise<Arrival[]> {
  const file = path.join(rig.logFolder, 'arrivals.jsonl');
  const recorded = await rig.receiver.arrivals(file);
  await rm(file, { force: true });
  return recorded.map((arrival) => arrivalAt(rig.operator.endpointNamed(nameIn(arrival.path)), arrival));
}
