/** A scenario's share of one run. What doesn't fit is left for the next one with the same folder. */
const MOST_MS = 480_000;

/**
 * Runs the rounds of a scenario that the journal doesn't have: in each round each part with each pipeline, one after the
 * other, so that what is compared ran at about the same time.
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
    if (limited && longestMs > 0 && partStartedAt - startedAt + expectedMs > MOST_MS) {
      bench.progress(`${scenario.name}: would take longer than ${MOST_MS / 60_000} minutes; the same command again goes on from here`);
      return;
    }
    journal.add(key, await runPart(bench, scenario, { part, ...turn }));
    longestMs = Math.max(longestMs, performance.now() - partStartedAt);
  }
}

/** @returns {{ round: number, rounds: number, part: object, pipeline: string, key: string }[]} in the order in which they run; rounds: of this part */
export function plan(scenario, { rounds: asked, pipelines }) {
  const parts = scenario.parts.map((part) => ({ part, rounds: asked ?? part.rounds ?? scenario.rounds, able: pipelines.filter((pipeline) => (part.pipelines ?? pipelines).includes(pipeline)) }));
  const most = Math.max(...parts.map(({ rounds }) => rounds));
  return Array.from({ length: most }, (_, n) => n + 1).flatMap((round) =>
    parts
      .filter(({ rounds }) => round <= rounds)
      .flatMap(({ part, rounds, able }) => able.map((pipeline) => ({ round, rounds, part, pipeline, key: `${scenario.name}/${part.name} ${pipeline} ${round}` }))),
  );
}

async function runPart(bench, scenario, { round, rounds, part, pipeline }) {
  const records = [];
  const report = (record) => bench.progress(`round ${round}/${rounds} ${pipeline.padEnd(7)} ${labelOf(scenario.name, record.case)}: ${bench.describe(record)}`);
  const keep = (made) => records.push(...made.map((record) => ({ round, scenario: scenario.name, ...record })));
  await part.run({ ...bench, report, keep }, pipeline);
  return records;
}

/** `--quick`'s cases are known by their own names. */
export function labelOf(scenario, caseName) {
  return scenario === 'quick' ? caseName : `${scenario} ${caseName}`;
}
