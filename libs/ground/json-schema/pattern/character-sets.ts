import type { AST } from '@eslint-community/regexpp';

/** What a pattern says about one character. */
export type CharacterElement = AST.Character | AST.CharacterClass | AST.CharacterSet;

/** Whether a code point has a Unicode property, such as `\p{L}`. */
export type HasProperty = (escape: string) => boolean;

type Range = readonly [least: number, most: number];

const DIGITS: readonly Range[] = [[0x30, 0x39]];
const WORD: readonly Range[] = [...DIGITS, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
/** ECMA-262, 22.2.2.9: WhiteSpace and LineTerminator. */
const SPACES: readonly Range[] = [[0x09, 0x0d], [0x20, 0x20], [0xa0, 0xa0], [0x1680, 0x1680], [0x2000, 0x200a], [0x2028, 0x2029], [0x202f, 0x202f], [0x205f, 0x205f], [0x3000, 0x3000], [0xfeff, 0xfeff]];
const LINE_ENDS: readonly Range[] = [[0x0a, 0x0a], [0x0d, 0x0d], [0x2028, 0x2029]];

/** Some code points, as ranges and Unicode properties. */
export class CharacterSet {
  private constructor(
    readonly ranges: readonly Range[],
    readonly properties: readonly string[],
    private readonly parts: readonly CharacterSet[],
    private readonly negated: boolean,
  ) {}

  static of(element: CharacterElement | AST.CharacterClassRange): CharacterSet | undefined {
    switch (element.type) {
      case 'Character':
        return new CharacterSet([[element.value, element.value]], [], [], false);
      case 'CharacterClassRange':
        return new CharacterSet([[element.min.value, element.max.value]], [], [], false);
      case 'CharacterSet':
        return ofSet(element, (ranges, properties, negated) => new CharacterSet(ranges, properties, [], negated));
      case 'CharacterClass': {
        const parts = element.elements.map((part) => (part.type === 'Character' || part.type === 'CharacterClassRange' || part.type === 'CharacterSet' ? CharacterSet.of(part) : undefined));
        const known = parts.filter((part) => part !== undefined);
        if (known.length < parts.length) return undefined;
        return new CharacterSet(known.flatMap(({ ranges }) => ranges), known.flatMap(({ properties }) => properties), known, element.negate);
      }
    }
  }

  has(codePoint: number, hasProperty: HasProperty): boolean {
    const found = this.parts.length > 0
      ? this.parts.some((part) => part.has(codePoint, hasProperty))
      : this.ranges.some(([least, most]) => codePoint >= least && codePoint <= most) || this.properties.some(hasProperty);
    return found !== this.negated;
  }
}

function ofSet(set: AST.CharacterSet, make: (ranges: readonly Range[], properties: readonly string[], negated: boolean) => CharacterSet): CharacterSet {
  switch (set.kind) {
    case 'any':
      return make(LINE_ENDS, [], true);
    case 'digit':
      return make(DIGITS, [], set.negate);
    case 'word':
      return make(WORD, [], set.negate);
    case 'space':
      return make(SPACES, [], set.negate);
    case 'property':
      return make([], [`\\p${set.raw.slice(2)}`], set.negate);
  }
}
