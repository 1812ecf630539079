import { parseArgs } from 'node:util';

export const SCENARIOS = ['latency', 'end-to-end', 'ingest'];
export const PIPELINES = ['product', 'bare'];

const USAGE = `npm run bench -- [--quick] [--scenario ${SCENARIOS.join('|')}] [--seconds S] [--rounds N] [--pipeline ${PIPELINES.join('|')}] [--json FILE]`;

/** @throws Error with the usage when the arguments are not valid */
export function readOptions(args) {
  const { values } = parse(args);
  const quick = values.quick;
  return {
    scenarios: listOf(values.scenario, SCENARIOS),
    // Product first, then bare, in every round.
    pipelines: listOf(values.pipeline, PIPELINES),
    seconds: numberOf('--seconds', values.seconds, quick ? 5 : 15, 1, 600),
    rounds: numberOf('--rounds', values.rounds, quick ? 2 : 5, 1, 50),
    warmUpEvents: quick ? 10_000 : 30_000,
    jsonFile: values.json,
  };
}

function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        scenario: { type: 'string', multiple: true },
        seconds: { type: 'string' },
        rounds: { type: 'string' },
        pipeline: { type: 'string' },
        json: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Error(`${error.message}\n${USAGE}`, { cause: error });
  }
}

function listOf(given, all) {
  const names = given === undefined ? all : [given].flat();
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')} is none of ${all.join(', ')}\n${USAGE}`);
  return all.filter((name) => names.includes(name));
}

function numberOf(name, text, otherwise, min, max) {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < min || value > max) throw new Error(`${name} must be a whole number from ${min} to ${max}\n${USAGE}`);
  return value;
}
