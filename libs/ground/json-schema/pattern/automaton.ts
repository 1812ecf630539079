import type { AST } from '@eslint-community/regexpp';
import { CharacterSet } from './character-sets.js';
import { type Effort, PatternError } from './effort.js';

/** A state: what may be read next, or where to go without reading. */
interface State {
  /** The characters that lead to `next`. */
  readonly reads?: CharacterSet;
  /** Where `next` may be reached without reading. By default anywhere. */
  readonly only?: 'start' | 'end';
  readonly next: number[];
}

/** A nondeterministic automaton for a pattern (Thompson's construction). Lazy quantifiers match the same texts. */
export class Automaton {
  private readonly states: State[] = [{ next: [] }];
  /** The state in which the pattern is found. */
  readonly found = 0;
  readonly start: number;
  /** By their text in the pattern. */
  private readonly sets = new Map<string, CharacterSet>();

  /** @throws PatternError */
  constructor(
    pattern: AST.Pattern,
    private readonly effort: Effort,
  ) {
    this.start = this.alternatives(pattern.alternatives, this.found);
  }

  get characterSets(): CharacterSet[] {
    return [...this.sets.values()];
  }

  /** The states that can be reached from these without reading, sorted: those that read something, and `found`. */
  closure(from: Iterable<number>, at: { readonly start: boolean; readonly end: boolean }): number[] {
    const reached = new Set(from);
    const kept: number[] = [];
    for (const number of reached) {
      const { reads, only, next } = this.state(number);
      if (number === this.found || reads !== undefined || only === 'end') kept.push(number);
      if (reads !== undefined || (only !== undefined && !at[only])) continue;
      for (const each of next) reached.add(each);
    }
    this.effort.spend(reached.size);
    return kept.sort((one, other) => one - other);
  }

  /** The states after reading a character that these sets have. */
  after(states: readonly number[], sets: ReadonlySet<CharacterSet>): number[] {
    return states.flatMap((state) => {
      const { reads, next } = this.state(state);
      return reads !== undefined && sets.has(reads) ? next : [];
    });
  }

  private state(number: number): State {
    const state = this.states[number];
    if (state === undefined) throw new Error(`The automaton has no state ${number}`);
    return state;
  }

  private add(state: State): number {
    this.effort.spend(1);
    return this.states.push(state) - 1;
  }

  private alternatives(alternatives: readonly AST.Alternative[], next: number): number {
    const starts = alternatives.map(({ elements }) => elements.reduceRight((after, element) => this.element(element, after), next));
    const [only] = starts;
    return only !== undefined && starts.length === 1 ? only : this.add({ next: starts });
  }

  /** The state that reads the element and goes on to `next`. */
  private element(element: AST.Element, next: number): number {
    switch (element.type) {
      case 'Group':
      case 'CapturingGroup':
        return this.alternatives(element.alternatives, next);
      case 'Character':
      case 'CharacterSet':
      case 'CharacterClass':
        return this.reading(element, next);
      case 'Quantifier':
        return this.repeated(element, next);
      case 'Assertion':
        if (element.kind !== 'start' && element.kind !== 'end') throw new PatternError(`has ${element.raw}, which looks around`);
        return this.add({ only: element.kind, next: [next] });
      case 'Backreference':
      case 'ExpressionCharacterClass':
        throw new PatternError(`has ${element.raw}, which is not supported`);
    }
  }

  private reading(element: AST.Character | AST.CharacterClass | AST.CharacterSet, next: number): number {
    const reads = this.sets.get(element.raw) ?? CharacterSet.of(element);
    if (reads === undefined) throw new PatternError(`has ${element.raw}, which is not supported`);
    this.sets.set(element.raw, reads);
    return this.add({ reads, next: [next] });
  }

  private repeated({ min, max, element }: AST.Quantifier, next: number): number {
    let after = next;
    if (max === Infinity) {
      const loop: number[] = [];
      after = this.add({ next: loop });
      loop.push(next, this.element(element, after));
    } else {
      for (let i = min; i < max; i++) after = this.add({ next: [next, this.element(element, after)] });
    }
    for (let i = 0; i < min; i++) after = this.element(element, after);
    return after;
  }
}
