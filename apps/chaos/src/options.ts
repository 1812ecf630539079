import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { FAULT_KINDS, type FaultKind } from './history.js';

export interface ChaosOptions {
  readonly events: number;
  readonly faults: number;
  /** Kinds of faults to draw from. */
  readonly kinds: readonly FaultKind[];
  readonly seeds: readonly number[];
  /** A mutant's name, or `all`. */
  readonly mutant: string | undefined;
  /** Plays the mutants' scenarios on the correct system. */
  readonly control: boolean;
  /** Plays the scenarios in which a dispatcher freezes at a stall point. */
  readonly stalls: boolean;
  readonly report: string | undefined;
  /** File for the history, for work on the checker. */
  readonly history: string | undefined;
  readonly eventsPerSecond: number;
}

/** @throws Error that names the wrong option */
export function parseOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '20000' },
      faults: { type: 'string', default: '10' },
      kinds: { type: 'string' },
      rate: { type: 'string', default: '220' },
      seed: { type: 'string' },
      seeds: { type: 'string' },
      mutant: { type: 'string' },
      control: { type: 'boolean', default: false },
      stalls: { type: 'boolean', default: false },
      report: { type: 'string' },
      history: { type: 'string' },
    },
  });
  if (values.stalls && (values.mutant !== undefined || values.control)) throw new Error('--stalls excludes --mutant and --control: it runs the correct system');
  return {
    events: countOf('events', values.events, 1),
    faults: countOf('faults', values.faults, 0),
    kinds: values.kinds === undefined ? FAULT_KINDS : values.kinds.split(',').map(kindOf),
    eventsPerSecond: countOf('rate', values.rate, 1),
    seeds: seedsOf(values.seed, values.seeds),
    mutant: values.mutant,
    control: values.control,
    stalls: values.stalls,
    report: values.report,
    history: values.history,
  };
}

function countOf(name: string, text: string, least: number): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < least) throw new Error(`--${name} ${text} is not a whole number of at least ${least}`);
  return count;
}

function seedsOf(seed: string | undefined, seeds: string | undefined): number[] {
  if (seed !== undefined && seeds !== undefined) throw new Error('--seed and --seeds exclude each other');
  if (seed !== undefined) return [countOf('seed', seed, 0)];
  if (seeds === undefined) return [randomInt(1, 1_000_000)];
  const bounds = /^(\d+)\.\.(\d+)$/.exec(seeds);
  const [first, last] = [Number(bounds?.[1]), Number(bounds?.[2])];
  if (bounds === null || last < first) throw new Error(`--seeds ${seeds} is not a range like 1..20`);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function kindOf(name: string): FaultKind {
  const kind = FAULT_KINDS.find((known) => known === name);
  if (kind === undefined) throw new Error(`--kinds ${name} is not one of ${FAULT_KINDS.join(', ')}`);
  return kind;
}
