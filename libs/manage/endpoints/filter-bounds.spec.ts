import { describe, expect, it } from '@jest/globals';
import { boundsOf } from './filter-bounds.js';

function problemOf(path: string): string {
  const bounds = boundsOf(path);
  return 'problem' in bounds ? bounds.problem : 'none';
}

/** In the form in which Postgres writes filters. */
describe('the bounds of a filter', () => {
  it.each([
    ['($."data"."total" > 100)', 1],
    ['($."a" == "x" && $."b" >= 10)', 2],
    ['($."a" == "x" || !($."b" == true) && ($."c" < 1) is unknown)', 3],
    ['exists ($."items"[*]?(@."sku" starts with "A"))', 4],
    ['($."a"[0].*[1 to last] != -1.5)', 3],
    ['($."a"[last - 1] == null)', 2],
    ['($."price".number() * 100 > $."limit" + 5)', 3],
    ['($."a" / 7 > (-$."b" + 1) * 2 % 5)', 3],
    ['(1 / $."zero" > 0)', 1],
    ['($."name" like_regex "^[A-Z]{3}" flag "i")', 17],
    ['($."name" like_regex "(a{9}){9}" flag "q")', 17],
    ['strict ($."a" < $."b"[3])', 3],
    ['strict exists ($."items"[*]?(@."price" < @."limit"))', 5],
    ['exists ($?(exists (@."a"?(@ > 1 && @ < 9))))', 6],
    ['($."say \\"$\\" ?(" == "\\\\")', 1],
    ['($."a".size() > 3)', 2],
    ['($."a".double() > 3)', 9],
    // It looks at no body, which is parsed all the same.
    ['(1 == 1)', 1],
  ])('are known: %s', (path, passes) => {
    expect(boundsOf(path)).toEqual({ passes });
  });

  it.each([
    ['$."a"', /predicate/],
    ['true', /predicate/],
    ['$."items"[*]?(@ > 1)', /predicate, .* exists/],
    ['($."a" + 1)', /predicate/],
    ['($."a" == $"limit")', /variables, such as \$"limit"/],
    ['($."a" starts with $"limit")', /variables/],
    ['($.**."a" == 1)', /\*\*/],
    ['($.**{1 to last}."a" == 1)', /\*\*/],
    ['($[*] == $[*])', /each item/],
    ['($."a" == $."b")', /strict/],
    ['strict ($[*] == $."b"[0 to 2])', /each item/],
    ['strict (-$.* == $.*)', /each item/],
    ['exists ($[*]?(@ == $."a"))', /\$ within/],
    ['exists ($[*]?(exists ($[*]?(@ == 1))))', /\$ within/],
    ['($[0,0][0,0] == 1)', /one index/],
    ['($[$."n"] == 1)', /index/],
    ['($[1.5] == 1)', /index/],
    ['($."a" * $."b" > 1)', /a number on one side of \*/],
    ['($."a" / $."b" > 1)', /a number on one side of \//],
    ['(1 / ($."a" + 1) > 1)', /a number on one side of \//],
    ['exists ($[*]?(@ + 1 > 2))', /calculate/],
    [`(${'$."a" + '.repeat(9)}1 > 2)`, /more than 8/],
    ['($."a" > 100000000000000000000000000000000000000000)', /digits/],
    ['($."a".datetime() < "2026-01-01")', /\.datetime\(\)/],
    ['($."a".datetime("YYYY") < "2026-01-01")', /\.datetime\(\)/],
    ['($."a".string() == "1")', /\.string\(\)/],
    ['($."a".keyvalue()."key" == "1")', /\.keyvalue\(\)/],
    ['($."a".decimal(10,2) == 1)', /\.decimal\(\)/],
    ['exists ($[*]?(@.double() > 1))', /\.number\(\)/],
    ['($."a" > 1).type() == "boolean"', /must not have, at/],
    ['($."a" like_regex "(.)\\\\1")', /back references/],
    ['($."a" like_regex "(?=x)")', /\(\?/],
    ['($."a" like_regex "***:x")', /\*\*\*/],
    ['($."a" like_regex "(a{2}){2}")', /group/],
    ['($."a" like_regex "a{30}b{5,}")', /32 times/],
    [`($."a" like_regex "${'x'.repeat(65)}")`, /64 characters/],
    [Array.from({ length: 41 }, (_, n) => `$."${n}" == 1`).join(' && '), /41 paths/],
    [Array.from({ length: 3 }, (_, n) => `$."${n}" like_regex "x"`).join(' && '), /51 paths/],
    ['($."a" == 1', /its end/],
    ['($."a" == 1) ^', /must not have, at  \^/],
  ])('are not known: %s', (path, problem) => {
    expect(problemOf(path)).toMatch(problem);
  });
});
