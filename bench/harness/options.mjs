import path from 'node:path';
import { parseArgs } from 'node:util';
import { PIPELINES } from '../pipelines/pipelines.mjs';
import { QUICK_CASES, quick } from '../scenarios/quick.mjs';
import { SCENARIOS } from '../scenarios/scenarios.mjs';

const USAGE = `npm run bench -- [--quick] [--scenario NAME[/PART]] [--seconds S] [--rounds N] [--pipeline ${PIPELINES.join('|')}] [--json FILE] [--out FOLDER] [--publish] [--scale FACTOR]
scenarios: ${SCENARIOS.map(({ name }) => name).join(', ')}; with --quick: ${QUICK_CASES.join(', ')}`;

/**
 * What to measure.
 * @param {string[]} args
 * @param {Date} [now]
 * @returns {{ quick: boolean, scenarios: import('../scenarios/scenarios.mjs').Scenario[], cases: string[], pipelines: string[], seconds?: number, rounds?: number, scale: number, jsonFile?: string, outFolder?: string, publish: boolean }}
 * @throws Error with the usage when the arguments are not valid
 */
export function readOptions(args, now = new Date()) {
  const { values } = parse(args);
  const { quick: isQuick, scenario: names, publish } = values;
  const seconds = numberOf('--seconds', values.seconds, 1, 600);
  const scale = scaleOf(values.scale);
  if (publish && (isQuick || seconds !== undefined || scale < 1)) throw new Error(`--publish is for whole scenarios: without --quick, --seconds and --scale\n${USAGE}`);
  return {
    quick: isQuick,
    scenarios: isQuick ? [quick] : chosenScenarios(names),
    cases: isQuick ? listOf(names, QUICK_CASES) : [],
    // In each round the product runs first, then the bare pipeline.
    pipelines: listOf(values.pipeline, PIPELINES),
    seconds,
    rounds: numberOf('--rounds', values.rounds, 1, 50),
    scale,
    jsonFile: values.json,
    outFolder: values.out ?? (isQuick ? undefined : path.join('bench', 'runs', now.toISOString().slice(0, 10))),
    publish,
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
        out: { type: 'string' },
        publish: { type: 'boolean', default: false },
        scale: { type: 'string', default: '1' },
      },
    });
  } catch (error) {
    throw new Error(`${error.message}\n${USAGE}`, { cause: error });
  }
}

/** The named scenarios with the named parts: `latency`, or `latency/rate-200`. */
function chosenScenarios(names) {
  if (names === undefined) return SCENARIOS;
  const known = SCENARIOS.flatMap(({ name, parts }) => [name, ...parts.map((part) => `${name}/${part.name}`)]);
  refuseUnknown(names, known);
  return SCENARIOS.map((scenario) => ({ ...scenario, parts: scenario.parts.filter((part) => names.includes(scenario.name) || names.includes(`${scenario.name}/${part.name}`)) }))
    .filter(({ parts }) => parts.length > 0);
}

function listOf(given, all) {
  const names = given === undefined ? all : [given].flat();
  refuseUnknown(names, all);
  return all.filter((name) => names.includes(name));
}

function refuseUnknown(names, known) {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')} is none of ${known.join(', ')}\n${USAGE}`);
}

function numberOf(name, text, min, max) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) throw new Error(`${name} must be a whole number from ${min} to ${max}\n${USAGE}`);
  return value;
}

function scaleOf(text) {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new Error(`--scale must be above 0 and at most 1\n${USAGE}`);
  return value;
}
