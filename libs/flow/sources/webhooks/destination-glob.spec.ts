import { describe, expect, it } from '@jest/globals';
import { DestinationGlob, DestinationGlobError, destinationsSchema } from './destination-glob.js';

/** As a gateway does it: the URL is parsed first. */
const matches = (glob: string, url: string): boolean => new DestinationGlob(glob).matches(new URL(url));

describe('a glob of destinations', () => {
  it.each([
    ['https://example.com/hooks', 'https://example.com/hooks'],
    ['https://example.com/', 'https://example.com'],
    // Upper case in scheme and host, and the default port, are other spellings of the same URL.
    ['https://example.com/hooks', 'HTTPS://EXAMPLE.com:443/hooks'],
    ['http://example.com/', 'http://example.com:80/'],
    // Host.
    ['https://*.example.com/', 'https://a.example.com/'],
    ['https://api-*.example.com/', 'https://api-7.example.com/'],
    ['https://**.example.com/', 'https://a.example.com/'],
    ['https://**.example.com/', 'https://a.b.c.example.com/'],
    ['https://**/', 'https://anything.example/'],
    ['https://**/', 'https://localhost/'],
    ['https://a.**.example.com/', 'https://a.b.c.example.com/'],
    ['https://xn--bcher-kva.example/', 'https://bücher.example/'],
    ['https://xn--*.example/', 'https://bücher.example/'],
    ['http://10.0.0.*/', 'http://10.0.0.17/'],
    ['http://127.0.0.1/', 'http://0x7f.1/'],
    ['http://[::1]:8080/', 'http://[0:0::1]:8080/'],
    // Port.
    ['https://example.com:8443/', 'https://example.com:8443/'],
    ['https://example.com:*/', 'https://example.com:8443/'],
    ['https://example.com:*/', 'https://example.com/'],
    // Path.
    ['https://example.com/*', 'https://example.com/'],
    ['https://example.com/*', 'https://example.com/a'],
    ['https://example.com/**', 'https://example.com/'],
    ['https://example.com/**', 'https://example.com/a/b/c'],
    ['https://example.com/a/**', 'https://example.com/a/'],
    ['https://example.com/a/**/z', 'https://example.com/a/b/c/z'],
    ['https://example.com/a/**/z', 'https://example.com/a/z/z'],
    ['https://example.com/*/hooks/v*', 'https://example.com/acme/hooks/v2'],
    ['https://example.com/a', 'https://example.com/b/../a'],
    ['https://example.com/*b*d', 'https://example.com/abcbcd'],
    ['https://example.com/a*a', 'https://example.com/aa'],
    ['https://example.com/*ab*ab*', 'https://example.com/abab'],
    ['https://example.com/%C3%BC', 'https://example.com/ü'],
    // Query.
    ['https://example.com/?team=*', 'https://example.com/?team=17'],
    ['https://example.com/?*', 'https://example.com/?a=b/c&d'],
    ['https://example.com/', 'https://example.com/?'],
  ])('%s matches %s', (glob, url) => {
    expect(matches(glob, url)).toBe(true);
  });

  it.each([
    // Scheme.
    ['https://example.com/', 'http://example.com/'],
    ['http://example.com/', 'https://example.com/'],
    // Host: whole, label by label.
    ['https://example.com/', 'https://example.com.evil.test/'],
    ['https://example.com/', 'https://evilexample.com/'],
    ['https://example.com/', 'https://example.com./'],
    ['https://*.example.com/', 'https://example.com/'],
    ['https://*.example.com/', 'https://a.b.example.com/'],
    ['https://*.example.com/', 'https://evil.test/.example.com/'],
    ['https://*.example.com/', 'https://evil.test/?.example.com/'],
    ['https://*.example.com/', 'https://evil.test#.example.com/'],
    ['https://*.example.com/', 'https://a.example.com@evil.test/'],
    ['https://*.example.com/', 'https://evil.test\\.example.com/'],
    ['https://**.example.com/', 'https://example.com/'],
    ['https://**.example.com/', 'https://badexample.com/'],
    ['https://*/', 'https://[::1]/'],
    ['https://**/', 'https://[::1]/'],
    // A character that looks like another one.
    ['https://apple.example/', 'https://аpple.example/'],
    ['https://example.com/', 'https://example。com.evil.test/'],
    ['http://10.0.0.*/', 'http://10.0.1.1/'],
    // Port.
    ['https://example.com/', 'https://example.com:8443/'],
    ['https://example.com:8443/', 'https://example.com/'],
    ['https://example.com:8443/', 'https://example.com:8444/'],
    // Path.
    ['https://example.com/', 'https://example.com/a'],
    ['https://example.com/*', 'https://example.com/a/b'],
    ['https://example.com/a', 'https://example.com/A'],
    ['https://example.com/a', 'https://example.com/a/'],
    ['https://example.com/a/**', 'https://example.com/a'],
    ['https://example.com/a/**', 'https://example.com/ab'],
    ['https://example.com/a/**', 'https://example.com/a/../b'],
    ['https://example.com/a/**', 'https://example.com/a/%2e%2e/b'],
    ['https://example.com/a/**', 'https://example.com/a/.%2E/b'],
    ['https://example.com/a/**/z', 'https://example.com/a/z'],
    ['https://example.com/*b*d', 'https://example.com/abcbc'],
    // What a wildcard stands for may be empty, but pieces do not overlap.
    ['https://example.com/a*a', 'https://example.com/a'],
    ['https://example.com/ab*bc', 'https://example.com/abc'],
    ['https://example.com/*ab*bc*c', 'https://example.com/abcc'],
    ['https://example.com/a', 'https://example.com/%61'],
    // Query.
    ['https://example.com/**', 'https://example.com/a?b'],
    ['https://example.com/?team=*', 'https://example.com/?Team=17'],
    ['https://example.com/?team=*', 'https://example.com/'],
  ])('%s does not match %s', (glob, url) => {
    expect(matches(glob, url)).toBe(false);
  });

  it.each([
    '', '*', '**', 'example.com', '//example.com/', 'https://example.com', 'https:///a', 'https://', 'ftp://example.com/', '*://example.com/', 'HTTPS://example.com/',
    'https://Example.com/', 'https://bücher.example/', 'https://example.com/ü', 'https://example.com/a b', ' https://example.com/', 'https://example.com/\n',
    'https://user@example.com/', 'https://user:*@example.com/', 'https://*@example.com/', 'https://example.com:443/', 'http://example.com:80/', 'https://example.com:/', 'https://example.com:99999/',
    'https://example.com:8*/', 'https://example.com/a/../b', 'https://example.com/./a', 'https://example.com/%2e%2e/a', 'https://example.com/#a', 'https://example.com/?',
    'https://example.com\\a/', 'https://a**.example.com/', 'https://example.com/a**', 'https://example.com/**a/b', 'https://***/', 'https://[*]/', 'https://[::1/', 'https://*.0.0.1/', 'http://0x7f.1/', 'http://[0::1]/',
  ])('refuses %j', (glob) => {
    expect(() => new DestinationGlob(glob)).toThrow(DestinationGlobError);
  });

  it('is matched without going back into every wildcard, which would not end', () => {
    const glob = new DestinationGlob(`https://example.com/${'*a'.repeat(100)}b/${'**/x/'.repeat(40)}y`);
    const url = new URL(`https://example.com/${'a'.repeat(1_000)}b/${'x/'.repeat(500)}z`);
    expect(glob.matches(url)).toBe(false);
  });

  it('as a setting, says which one is wrong and why', () => {
    expect(destinationsSchema.safeParse(['https://example.com/**'])).toMatchObject({ success: true });
    expect(destinationsSchema.safeParse(['https://example.com/**', 'https://example.com']).error?.issues).toMatchObject([{ path: [1], message: expect.stringContaining('absolute URL with a path') as unknown }]);
    expect(destinationsSchema.safeParse([`https://example.com/${'a'.repeat(512)}`]).success).toBe(false);
    expect(destinationsSchema.safeParse(Array.from({ length: 101 }, () => 'https://example.com/')).success).toBe(false);
  });
});
