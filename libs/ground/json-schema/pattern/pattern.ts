import { RegExpParser, RegExpSyntaxError } from '@eslint-community/regexpp';
import { SchemaError } from '../schema-error.js';
import { Alphabet } from './alphabet.js';
import { Automaton } from './automaton.js';
import { type Effort, PatternError } from './effort.js';

/** A regular expression that reads each character of a text once. */
export interface Pattern {
  /** Whether it is found anywhere in the text; its anchors may say where. */
  readonly test: (text: string) => boolean;
}

const LONGEST = 512;
const MOST_STATES = 2_000;
const PARSING_EFFORT = 200;

/** In the table, instead of a state. */
const FOUND = 65_535;
const NEVER = 65_534;

/**
 * Compiles a pattern (ECMA-262, flag u) to a table of states: a deterministic automaton, which never goes back. `(a+)+$`
 * takes no longer than `a+$`.
 * @throws SchemaError: no regular expression; with look-around, word boundaries or back-references; or the table is too large
 */
export function compilePattern(source: string, path: string, effort: Effort): Pattern {
  if (source.length > LONGEST) throw new SchemaError(path, `must have at most ${LONGEST} characters`);
  try {
    effort.spend(PARSING_EFFORT);
    return tableOf(new Automaton(new RegExpParser().parsePattern(source, 0, source.length, { unicode: true }), effort), effort);
  } catch (error) {
    if (error instanceof PatternError) throw new SchemaError(path, `must be a regular expression that needs to read a text only once: it ${error.message}`);
    if (error instanceof RegExpSyntaxError) throw new SchemaError(path, `must be a regular expression: ${error.message}`);
    throw error;
  }
}

interface TableState {
  readonly states: readonly number[];
  readonly isStart: boolean;
}

function tableOf(automaton: Automaton, effort: Effort): Pattern {
  const alphabet = new Alphabet(automaton.characterSets, effort);
  const known = new Map<string, number>();
  const reached: TableState[] = [];
  const rows: number[][] = [];
  const foundAtEnd: boolean[] = [];

  const numberOf = (states: readonly number[], isStart: boolean): number => {
    if (states.includes(automaton.found)) return FOUND;
    if (states.length === 0) return NEVER;
    const key = `${isStart} ${states.join(' ')}`;
    const number = known.get(key) ?? reached.push({ states, isStart }) - 1;
    if (number === MOST_STATES) throw new PatternError('needs too many states');
    known.set(key, number);
    return number;
  };

  const first = numberOf(automaton.closure([automaton.start], { start: true, end: false }), true);
  // Grows while it is read. The search may begin at any character.
  for (const { states, isStart } of reached) {
    rows.push(alphabet.classes.map((sets) => {
      effort.spend(states.length);
      const next = automaton.closure([...automaton.after(states, sets), automaton.start], { start: false, end: false });
      return numberOf(next, false);
    }));
    foundAtEnd.push(automaton.closure(states, { start: isStart, end: true }).includes(automaton.found));
  }
  return patternOf(alphabet, first, Uint16Array.from(rows.flat()), foundAtEnd);
}

function patternOf(alphabet: Alphabet, first: number, table: Uint16Array, foundAtEnd: readonly boolean[]): Pattern {
  const width = alphabet.classes.length;
  const test = (text: string): boolean => {
    let state = first;
    for (let i = 0; i < text.length && state < NEVER; i++) {
      const codePoint = text.codePointAt(i) ?? 0;
      if (codePoint > 0xffff) i++;
      state = table[state * width + alphabet.classOf(codePoint)] ?? NEVER;
    }
    return state === FOUND || foundAtEnd[state] === true;
  };
  return { test };
}
