/** How long one run may spend on a scenario. The next run into the same folder measures what is left. */
const MAX_SCENARIO_MS = 480_000;

/**
 * Runs the rounds of a scenario that the journal does not have. Within a round, the pipelines run one after the other on
 * each part, so that what is compared was measured at about the same time.
 * @param {object} bench what parts measure with
 * @param {import('../scenarios/scenarios.mjs').Scenario} scenario
 * @param {{ rounds?: number, pipelines: string[], limited: boolean }} options rounds: instead of the scenario's and its parts'; limited: to eight minutes
 * @param {import('./journal.mjs').Journal} journal
 */
export async function runRounds(bench, scenario, { limited, ...options }, journal) {
  const startedAt = performance.now();
  let longestMs = 0;
  for (const { part, key, ...turn } of plan(scenario, options)) {
    if (journal.has(key)) continue;
    const partStartedAt = performance.now();
    const expectedMs = Math.max(longestMs, (part.expectedSeconds ?? 0) * 1_000);
    if (limited && longestMs > 0 && partStartedAt - startedAt + expectedMs > MAX_SCENARIO_MS) {
      bench.progress(`${scenario.name}: stops here, because the next part would exceed ${MAX_SCENARIO_MS / 60_000} minutes; run the same command again to continue`);
      return;
    }
    journal.add(key, await runPart(bench, scenario, { part, ...turn }));
    longestMs = Math.max(longestMs, performance.now() - partStartedAt);
  }
}

/** @returns {{ round: number, rounds: number, part: object, pipeline: string, key: string }[]} in the order in which they run; rounds: of this part */
export function plan(scenario, { rounds: requested, pipelines }) {
  const parts = scenario.parts.map((part) => ({
    part,
    rounds: requested ?? part.rounds ?? scenario.rounds,
    supported: pipelines.filter((pipeline) => (part.pipelines ?? pipelines).includes(pipeline)),
  }));
  const maxRounds = Math.max(...parts.map(({ rounds }) => rounds));
  return Array.from({ length: maxRounds }, (_, n) => n + 1).flatMap((round) =>
    parts
      .filter(({ rounds }) => round <= rounds)
      .flatMap(({ part, rounds, supported }) => supported.map((pipeline) => ({ round, rounds, part, pipeline, key: `${scenario.name}/${part.name} ${pipeline} ${round}` }))),
  );
}

async function runPart(bench, scenario, { round, rounds, part, pipeline }) {
  const kept = [];
  const report = (record) => bench.progress(`round ${round}/${rounds} ${pipeline.padEnd(7)} ${labelOf(scenario.name, record.case)}: ${bench.describe(record)}`);
  const keep = (records) => kept.push(...records.map((record) => ({ round, scenario: scenario.name, ...record })));
  await part.run({ ...bench, report, keep }, pipeline);
  return kept;
}

/** The cases of `--quick` are shown without the scenario's name. */
export function labelOf(scenario, caseName) {
  return scenario === 'quick' ? caseName : `${scenario} ${caseName}`;
}
