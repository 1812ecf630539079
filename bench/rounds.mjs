/** A scenario's share of one run. What doesn't fit is left for the next one with the same folder. */
const MOST_MS = 480_000;

/**
 * Runs the rounds of a scenario that the journal doesn't have: in each round each part with each pipeline, one after the
 * other, so that what is compared ran at about the same time.
 * @param {object} bench what parts measure with
 * @param {import('./scenarios.mjs').Scenario} scenario
 * @param {{ rounds: number, pipelines: string[], limited: boolean }} options limited: to eight minutes
 * @param {import('./journal.mjs').Journal} journal
 */
export async function runRounds(bench, scenario, { rounds, pipelines, limited }, journal) {
  const startedAt = performance.now();
  let longestMs = 0;
  for (const { round, part, pipeline, key } of plan(scenario, rounds, pipelines)) {
    if (journal.has(key)) continue;
    const partStartedAt = performance.now();
    const expectedMs = Math.max(longestMs, (part.expectedSeconds ?? 0) * 1_000);
    if (limited && longestMs > 0 && partStartedAt - startedAt + expectedMs > MOST_MS) {
      bench.progress(`${scenario.name}: would take longer than ${MOST_MS / 60_000} minutes; the same command again goes on from here`);
      return;
    }
    journal.add(key, await runPart(bench, { scenario, round, rounds, part, pipeline }));
    longestMs = Math.max(longestMs, performance.now() - partStartedAt);
  }
}

/** @returns {{ round: number, part: object, pipeline: string, key: string }[]} */
export function plan({ name, parts }, rounds, pipelines) {
  const inRound = parts.flatMap((part) => pipelines.filter((pipeline) => (part.pipelines ?? pipelines).includes(pipeline)).map((pipeline) => ({ part, pipeline })));
  return Array.from({ length: rounds }, (_, n) => n + 1).flatMap((round) =>
    inRound.map(({ part, pipeline }) => ({ round, part, pipeline, key: `${name}/${part.name} ${pipeline} ${round}` })),
  );
}

async function runPart(bench, { scenario, round, rounds, part, pipeline }) {
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
