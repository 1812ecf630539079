import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { readBuildId } from './built-code.mjs';

/** What a run tells about itself: start, machine and options. */
export function describeRun({ scenarios, ...options }, startedAt) {
  const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model, memoryBytes: totalmem(), os: `${process.platform} ${release()}`, node: process.versions.node };
  return {
    startedAt: startedAt.toISOString(),
    machine,
    options: { scenarios: scenarios.map(({ name }) => name), ...options },
    /** Rounds that differ in one of these cannot be compared. They have JSON's types, as the journal reads them back. */
    comparable: JSON.parse(JSON.stringify({ machine, build: readBuildId(), seconds: options.seconds ?? null, scale: options.scale })),
  };
}
