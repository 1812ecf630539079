import type { CharacterSet } from './character-sets.js';
import { type Effort, PatternError } from './effort.js';

const ASCII = 128;
/** Each doubles the classes. */
const MOST_PROPERTIES = 3;
const MOST_CLASSES = 256;

/** The code points in classes: those of one class are in the same character sets. */
export class Alphabet {
  /** By class: the sets that have its code points. */
  readonly classes: readonly ReadonlySet<CharacterSet>[];
  /** Where the ranges of the sets begin and end. */
  private readonly bounds: readonly number[];
  private readonly properties: readonly RegExp[];
  /** By interval between two bounds, and by the properties that a code point has, as bits. */
  private readonly table: readonly number[][];
  private readonly ofAscii: Uint8Array;

  /** @throws PatternError */
  constructor(sets: readonly CharacterSet[], effort: Effort) {
    const escapes = [...new Set(sets.flatMap(({ properties }) => properties))];
    if (escapes.length > MOST_PROPERTIES) throw new PatternError(`has more than ${MOST_PROPERTIES} different \\p{…}`);
    this.properties = escapes.map((escape) => new RegExp(escape, 'u'));
    this.bounds = [...new Set([0, ...sets.flatMap(({ ranges }) => ranges.flatMap(([least, most]) => [least, most + 1]))])].sort((a, b) => a - b);
    effort.spend(this.bounds.length * 2 ** escapes.length * sets.length);
    const known = new Map<string, number>();
    const classes: Set<CharacterSet>[] = [];
    this.table = this.bounds.map((codePoint) => Array.from({ length: 2 ** escapes.length }, (_, bits) => {
      const found = new Set(sets.filter((set) => set.has(codePoint, (escape) => ((bits >> escapes.indexOf(escape)) & 1) === 1)));
      const key = sets.map((set) => (found.has(set) ? '1' : '0')).join('');
      const number = known.get(key) ?? classes.push(found) - 1;
      known.set(key, number);
      if (number === MOST_CLASSES) throw new PatternError('distinguishes too many kinds of characters');
      return number;
    }));
    this.classes = classes;
    this.ofAscii = Uint8Array.from({ length: ASCII }, (_, codePoint) => this.find(codePoint));
  }

  classOf(codePoint: number): number {
    return codePoint < ASCII ? (this.ofAscii[codePoint] ?? 0) : this.find(codePoint);
  }

  private find(codePoint: number): number {
    const text = this.properties.length === 0 ? '' : String.fromCodePoint(codePoint);
    const bits = this.properties.reduce((sum, property, i) => sum + (property.test(text) ? 1 << i : 0), 0);
    return this.table[this.intervalOf(codePoint)]?.[bits] ?? 0;
  }

  /** The last bound that is not above the code point. */
  private intervalOf(codePoint: number): number {
    let [low, high] = [0, this.bounds.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.bounds[middle] ?? 0) <= codePoint) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
