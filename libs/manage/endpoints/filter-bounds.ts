import { regexProblem } from './filter-regex.js';

/**
 * What Postgres does at most to evaluate a filter.
 *
 * Filters are evaluated in the statement that admits the events of all tenants of a shard, so no filter may take long, whatever
 * the body. In the SQL/JSON path language `$[*] == $[*]` compares each item with each, `$[0,0][0,0]…` yields 2ⁿ items, and
 * `.string()` writes 1e99999 out in full. What is let through reads a body a known number of times, in time that is
 * proportional to its size:
 *
 * - A path goes over the body once, because members are below what they are members of. Accessors that may yield their own
 *   input (subscripts, filters and methods, on what is no array) go over it once more.
 * - The items that a `?(…)` is asked about do not overlap, because `**` is refused. So its paths, which begin at `@`, go over
 *   the body once in all.
 */
export type FilterBounds =
  /** How often the filter goes over all of a body, at most. */
  | { readonly passes: number }
  /** Why the filter is refused. */
  | { readonly problem: string };

/** A pass keeps up to 8 MB of items of a body of 256 KiB until the filter is evaluated. */
const MOST_PASSES = 40;
/** Measured with `a.{30}` and the like, whose automaton has another state for nearly each character of the text. */
const REGEX_PASSES = 16;
/** It writes numbers out, up to 309 digits for `1e308`; a greater one ends it. */
const DOUBLE_PASSES = 8;
/** `1e131071 + 1` has 131,072 digits, and takes 40 µs. */
const MOST_CALCULATIONS = 8;
/** Characters of a number, written in full. */
const MOST_DIGITS = 40;

/** The others are refused: they write numbers out in full, depend on a time zone, or make objects of the items. */
const METHODS = ['type', 'size', 'number', 'double', 'integer', 'bigint', 'abs', 'floor', 'ceiling'];

/** Binary operators by precedence, as Postgres has it. */
const PRECEDENCES: Readonly<Record<string, number>> = {
  '||': 1, '&&': 2, '==': 3, '!=': 3, '<': 3, '>': 3, '<=': 3, '>=': 3, starts: 3, like_regex: 3, '+': 4, '-': 4, '*': 5, '/': 5, '%': 5,
};
const UNARY = 6;

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?|[a-z_]+|\*\*|&&|\|\||[=!<>]=|[-+*/%<>!?()[\]{},.$@])/y;

/** A part of a filter. */
type Part =
  | { readonly kind: 'predicate' }
  | {
      readonly kind: 'value';
      /** Whether it yields one item at most. Comparing two values compares each item with each. */
      readonly isSingle: boolean;
      /** A number is a constant; a calculation may have many more digits than the body. */
      readonly form: 'number' | 'calculation' | 'other';
    };

const PREDICATE: Part = { kind: 'predicate' };
const CONSTANT: Part = { kind: 'value', isSingle: true, form: 'other' };

class Refusal extends Error {}

/** @param path the filter in Postgres's canonical form, which is known to be valid */
export function boundsOf(path: string): FilterBounds {
  try {
    return { passes: new FilterReader(path).read() };
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.message };
    throw error;
  }
}

/** A recursive descent over the tokens of one filter. What it does not know is refused. */
class FilterReader {
  private readonly tokens: readonly string[];
  private next = 0;
  private readonly isStrict: boolean;
  private passes = 0;
  private calculations = 0;
  /** How many `?(` enclose the place. */
  private depth = 0;

  constructor(path: string) {
    this.tokens = tokensOf(path);
    this.isStrict = this.takes('strict');
  }

  read(): number {
    const { kind } = this.expression(0);
    if (this.ahead !== undefined) throw this.unknown();
    if (kind !== 'predicate') throw new Refusal('must be a predicate, such as $.data.total > 100 or exists ($.items[*] ? (@.sku == "A"))');
    if (this.passes > MOST_PASSES) throw new Refusal(`could take too long: it has ${this.passes} paths, subscripts, filters and methods, of which ${MOST_PASSES} are possible; like_regex counts as ${REGEX_PASSES}, .double() as ${DOUBLE_PASSES}`);
    // The body is parsed, also for a filter that does not look at it.
    return Math.max(1, this.passes);
  }

  private expression(weakest: number): Part {
    let part = this.operand();
    for (;;) {
      const operator = this.ahead ?? '';
      const precedence = PRECEDENCES[operator] ?? 0;
      if (precedence === 0 || precedence < weakest) return part;
      this.next += 1;
      part = this.combined(part, operator, precedence);
    }
  }

  private combined(left: Part, operator: string, precedence: number): Part {
    if (operator === 'like_regex') return this.regex();
    if (operator === 'starts') {
      this.expect('with');
      this.operand();
      return PREDICATE;
    }
    const right = this.expression(precedence + 1);
    if (precedence < 3) return PREDICATE;
    if (left.kind === 'predicate' || right.kind === 'predicate') throw new Refusal(`must not have a predicate on a side of ${operator}`);
    if (precedence === 3) {
      if (!left.isSingle && !right.isSingle) {
        throw new Refusal(`could take too long: each item of one side of ${operator} is compared with each of the other. Write a constant on one side, or begin with "strict", in which a path without [*] has one item`);
      }
      return PREDICATE;
    }
    this.calculation(left.form, operator, right.form);
    return { kind: 'value', isSingle: true, form: 'calculation' };
  }

  private calculation(left: 'number' | 'calculation' | 'other', operator: string, right: 'number' | 'calculation' | 'other'): void {
    this.calculations += 1;
    if (this.depth > 0) throw new Refusal(`must not calculate (${operator}) within ?(…), where it could take too long`);
    if (this.calculations > MOST_CALCULATIONS) throw new Refusal(`must not have more than ${MOST_CALCULATIONS} of + - * / %`);
    if (operator === '+' || operator === '-' || right === 'number') return;
    if (left === 'number' && (operator === '*' || right === 'other')) return;
    throw new Refusal(`must have a number on one side of ${operator}: two numbers of 100,000 digits take too long`);
  }

  private regex(): Part {
    const pattern = JSON.parse(this.take()) as string;
    const flags = this.takes('flag') ? this.take() : '';
    const problem = flags.includes('q') ? undefined : regexProblem(pattern);
    if (problem !== undefined) throw new Refusal(`has a like_regex whose pattern ${problem}`);
    this.passes += REGEX_PASSES;
    return PREDICATE;
  }

  private operand(): Part {
    const token = this.take();
    if (token === '$' || token === '@') return this.path(token);
    if (token === '!' || token === 'exists') {
      this.expect('(');
      this.expression(0);
      this.expect(')');
      return PREDICATE;
    }
    if (token === '(') return this.enclosed();
    if (token === '+' || token === '-') {
      const part = this.expression(UNARY);
      if (part.kind === 'value' && part.form === 'other') this.passes += 1;
      return part;
    }
    if (/^\d/.test(token)) {
      if (token.length > MOST_DIGITS) throw new Refusal(`has a number with more than ${MOST_DIGITS} digits`);
      return this.accessed({ kind: 'value', isSingle: true, form: 'number' });
    }
    if (token.startsWith('"') || token === 'true' || token === 'false' || token === 'null') return CONSTANT;
    this.next -= 1;
    throw this.unknown();
  }

  private enclosed(): Part {
    const part = this.expression(0);
    this.expect(')');
    if (part.kind === 'value') return this.accessed(part);
    if (this.takes('is')) this.expect('unknown');
    return part;
  }

  private path(root: string): Part {
    if (this.ahead?.startsWith('"') === true) throw new Refusal(`must not have variables, such as $${this.ahead}`);
    if (root === '$' && this.depth > 0) throw new Refusal('must not have $ within ?(…), where it could take too long: compare with a constant');
    this.passes += 1;
    return this.accessed({ kind: 'value', isSingle: this.isStrict, form: 'other' });
  }

  /** The accessors behind a value. */
  private accessed(value: Part & { kind: 'value' }): Part {
    let { isSingle } = value;
    const first = this.next;
    for (;;) {
      if (this.takes('.')) isSingle = this.member() && isSingle;
      else if (this.takes('[')) isSingle = this.subscript() && isSingle;
      else if (this.takes('?')) this.filter();
      else return this.next === first ? value : { kind: 'value', isSingle, form: 'other' };
    }
  }

  /** @returns whether it yields one item for one item */
  private member(): boolean {
    const name = this.take();
    if (name.startsWith('"')) return true;
    if (name === '*') return false;
    if (name === '**') throw new Refusal('must not have .**, which could take too long: name the members');
    if (!METHODS.includes(name)) throw new Refusal(`must not have the method .${name}(): ${METHODS.map((each) => `.${each}()`).join(', ')} are possible`);
    if (name === 'double' && this.depth > 0) throw new Refusal('must not have .double() within ?(…), where it could take too long: .number() does the same');
    this.expect('(');
    this.expect(')');
    this.passes += name === 'double' ? DOUBLE_PASSES : 1;
    return true;
  }

  /** @returns whether it yields one item for one item */
  private subscript(): boolean {
    this.passes += 1;
    if (this.takes('*')) {
      this.expect(']');
      return false;
    }
    this.index();
    const isRange = this.takes('to');
    if (isRange) this.index();
    if (this.ahead === ',') throw new Refusal('must have one index or range in [ ]');
    this.expect(']');
    return !isRange;
  }

  /** `3`, `last` or `last - 1`. */
  private index(): void {
    const isLast = this.takes('last');
    if (isLast && !this.takes('-')) return;
    if (!/^\d{1,10}$/.test(this.take())) throw new Refusal('must have a number, last, or last minus a number as an index');
  }

  private filter(): void {
    this.passes += 1;
    this.depth += 1;
    this.expect('(');
    this.expression(0);
    this.expect(')');
    this.depth -= 1;
  }

  private get ahead(): string | undefined {
    return this.tokens[this.next];
  }

  private take(): string {
    const token = this.ahead;
    if (token === undefined) throw this.unknown();
    this.next += 1;
    return token;
  }

  private takes(token: string): boolean {
    if (this.ahead !== token) return false;
    this.next += 1;
    return true;
  }

  private expect(token: string): void {
    if (!this.takes(token)) throw this.unknown();
  }

  private unknown(): Refusal {
    return new Refusal(`has something that filters must not have, at ${this.tokens.slice(this.next, this.next + 5).join(' ') || 'its end'}`);
  }
}

function tokensOf(path: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < path.length) {
    const place = TOKEN.lastIndex;
    const token = TOKEN.exec(path)?.[1];
    if (token === undefined) throw new Refusal(`has something that filters must not have, at ${path.slice(place, place + 20)}`);
    tokens.push(token);
  }
  return tokens;
}
